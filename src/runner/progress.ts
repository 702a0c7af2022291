import { Presets, SingleBar } from "cli-progress";

/** How a long run tells a person where it stands; always on stderr, so that stdout stays clean for `--json`. */
export interface Progress {
  start(title: string, cells: number, work: number): void;
  advance(work: number): void;
  /** One cell's rows are on the disk; `kept` where they were before this run. */
  finish(cell: string, kept: boolean): void;
  stop(): void;
}

/** A bar with a remaining time on a terminal, a plain line a cell in a log. */
export function progressOn(stream: NodeJS.WriteStream): Progress {
  return stream.isTTY ? new Bar(stream) : new Lines(stream);
}

/** Share of the work below which the speed says nothing: cells that train nothing have next to no work and take time. */
const FORESEEN = 0.005;

/** Counts work and time; the remaining time assumes that work goes on at the speed so far. */
class Clock {
  private done = 0;
  private finished = 0;
  private readonly begun = performance.now();

  constructor(
    readonly title: string,
    readonly cells: number,
    readonly work: number,
  ) {}

  advance(work: number): void {
    this.done = Math.min(this.work, this.done + work);
  }

  finish(): number {
    return ++this.finished;
  }

  get share(): number {
    return this.work > 0 ? this.done / this.work : 1;
  }

  get remaining(): string {
    if (this.share < FORESEEN) return "?";
    const seconds = ((performance.now() - this.begun) / 1000) * (1 / this.share - 1);
    return seconds < 90 ? `${Math.ceil(seconds)} s` : `${Math.ceil(seconds / 60)} min`;
  }
}

class Lines implements Progress {
  private clock = new Clock("", 0, 0);

  constructor(private readonly stream: NodeJS.WriteStream) {}

  start(title: string, cells: number, work: number): void {
    this.clock = new Clock(title, cells, work);
  }

  advance(work: number): void {
    this.clock.advance(work);
  }

  finish(cell: string, kept: boolean): void {
    const finished = this.clock.finish();
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

  start(title: string, cells: number, work: number): void {
    this.clock = new Clock(title, cells, work);
    this.bar.start(100, 0, { title, cells, finished: 0, remaining: "?" });
  }

  advance(work: number): void {
    this.clock.advance(work);
    this.show();
  }

  finish(): void {
    this.show({ finished: this.clock.finish() });
  }

  stop(): void {
    this.bar.stop();
  }

  private show(payload: object = {}): void {
    this.bar.update(Math.round(100 * this.clock.share), { remaining: this.clock.remaining, ...payload });
  }
}
