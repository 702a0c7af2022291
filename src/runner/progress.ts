import { Presets, SingleBar } from "cli-progress";

/** How a long run tells a person where it stands; always on stderr, so that stdout stays clean for `--json`. */
export interface Progress {
  start(title: string, cells: number, work: number): void;
  /** So much of the training is done; less than nothing where it is done again. */
  advance(work: number): void;
  /** Of what will be told as done, so much was done by an earlier run. */
  skip?(work: number): void;
  /** A cell's training begins. */
  begin?(cell: string): void;
  /** One cell's rows are on the disk; `kept` where this run did not compute them. @param work of the cell's, of all work */
  finish(cell: string, kept: boolean, work?: number): void;
  stop(): void;
}

/** A bar with a remaining time on a terminal, a plain line a cell in a log. */
export function progressOn(stream: NodeJS.WriteStream): Progress {
  return stream.isTTY ? new Bar(stream) : new Lines(stream);
}

/** Share of the work below which the speed says nothing: cells that train nothing have next to no work and take time. */
const FORESEEN = 0.005;

/**
 * Counts work and time. Training runs ahead of measuring, so the remaining time is the longer of two: what is left to
 * train at the speed so far, and what was left when the last cell was finished, at the speed up to then.
 */
export class Clock {
  private trained = 0;
  private skipped = 0;
  private finished = 0;
  private cellsFinished = 0;
  private lastFinish = 0;
  private readonly begun: number;

  constructor(
    readonly title: string,
    readonly cells: number,
    readonly work: number,
    private readonly now = () => performance.now() / 1000,
  ) {
    this.begun = now();
  }

  advance(work: number): void {
    this.trained = Math.min(this.work, this.trained + work);
  }

  skip(work: number): void {
    this.skipped += work;
  }

  finish(work: number): number {
    this.finished += work;
    this.lastFinish = this.now() - this.begun;
    return ++this.cellsFinished;
  }

  get share(): number {
    return this.work > 0 ? this.trained / this.work : 1;
  }

  get remaining(): string {
    const made = this.trained - this.skipped;
    if (made < FORESEEN * this.work) return this.trained < this.work ? "?" : "0 s";
    const elapsed = this.now() - this.begun;
    const training = made > 0 ? elapsed * ((this.work - this.trained) / made) : 0;
    const measuring = this.finished > 0 ? (this.lastFinish * this.work) / this.finished - elapsed : 0;
    const seconds = Math.max(training, measuring);
    return seconds < 90 ? `${Math.ceil(seconds)} s` : `${Math.ceil(seconds / 60)} min`;
  }
}

class Lines implements Progress {
  private clock = new Clock("", 0, 0);

  constructor(private readonly stream: NodeJS.WriteStream) {}

  skip(work: number): void {
    this.clock.skip(work);
  }

  start(title: string, cells: number, work: number): void {
    this.clock = new Clock(title, cells, work);
  }

  advance(work: number): void {
    this.clock.advance(work);
  }

  finish(cell: string, kept: boolean, work = 0): void {
    const finished = this.clock.finish(work);
    const { title, cells, remaining } = this.clock;
    const ahead = remaining === "?" ? "no telling yet how long" : `about ${remaining} left`;
    const state = kept ? "kept from an earlier run" : ahead;
    this.stream.write(`${title}: ${finished}/${cells} cells, ${state} (${cell})\n`);
  }

  stop(): void {}
}

class Bar implements Progress {
  private clock = new Clock("", 0, 0);
  private readonly bar: SingleBar;

  constructor(stream: NodeJS.WriteStream) {
    const format = "{title} {bar} {percentage} % | {finished}/{cells} cells | about {remaining} left";
    this.bar = new SingleBar({ format, stream, hideCursor: true, clearOnComplete: false }, Presets.shades_classic);
  }

  skip(work: number): void {
    this.clock.skip(work);
  }

  start(title: string, cells: number, work: number): void {
    this.clock = new Clock(title, cells, work);
    this.bar.start(100, 0, { title, cells, finished: 0, remaining: "?" });
  }

  advance(work: number): void {
    this.clock.advance(work);
    this.show();
  }

  finish(_cell: string, _kept: boolean, work = 0): void {
    this.show({ finished: this.clock.finish(work) });
  }

  stop(): void {
    this.bar.stop();
  }

  private show(payload: object = {}): void {
    this.bar.update(Math.round(100 * this.clock.share), { remaining: this.clock.remaining, ...payload });
  }
}
