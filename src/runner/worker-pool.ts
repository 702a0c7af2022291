import type { ChildProcess } from "node:child_process";
import { hostname } from "node:os";
import { BackendError } from "./backends.js";
import { beginFolder, isByOtherCode } from "./begin-folder.js";
import { type CellPlan, type Job, planOf } from "./cell-plan.js";
import { processMemory } from "./process-memory.js";
import type { Progress } from "./progress.js";
import { codeState } from "./provenance.js";
import type { Outcome } from "./run-experiment.js";
import type { Store } from "./store.js";
import type { Order, Told } from "./worker-messages.js";

/** What a cell may take; as much as it wants where left out. */
export interface Limits {
  readonly seconds?: number;
  /** Bytes of the process that computes it, all of which count. */
  readonly bytes?: number;
}

/** What worker processes are started with. */
export interface Workforce {
  readonly size: number;
  readonly limits: Limits;
  /** Finished cells in the folder are kept. */
  readonly resume: boolean;
  readonly progress: Progress;
  /** Starts a process that is told `Order`s and tells `Told`. */
  start(): ChildProcess;
  /** What each is told first. */
  readonly opening: unknown;
  say(sentence: string): void;
}

/** Milliseconds between two looks at what processes take. */
const LOOK = 100;

/** Processes in a row that may end before they are at work. */
const STILLBORN = 3;

/** Characters of a process's last words that are kept of a cell that failed with it. */
const LAST_WORDS = 8000;

/** A process, and what it is at. */
interface Member {
  readonly child: ChildProcess;
  cell: { readonly name: string; readonly since: number } | null;
  /** Cells that it has begun. */
  begun: number;
  /** Work of its cell that was told. */
  advanced: number;
  isOver: boolean;
  /** That it ends is our doing. */
  isDismissed: boolean;
  words: string;
}

/** A part under way. */
interface Part {
  readonly order: Order;
  readonly job: Job;
  readonly store: Store;
  readonly plans: ReadonlyMap<string, CellPlan>;
  readonly finished: Set<string>;
  readonly failed: Set<string>;
  readonly begun: Set<string>;
  resolve(): void;
  reject(error: unknown): void;
}

/**
 * Worker processes that compute the cells of a folder, each one cell at a time. They share the cells as runs of one folder
 * do. This process computes nothing: it watches what each takes. A cell that takes more than it may fails, with the
 * sentence; one whose process ends by itself is computed once more, and fails when that process ends too. The others go on.
 */
export class WorkerPool {
  private readonly members = new Set<Member>();
  /** Processes that ended with a cell, by the cell. */
  private readonly deaths = new Map<string, number>();
  private readonly clock = setInterval(() => this.guarded(() => this.look()), LOOK);
  private part: Part | null = null;
  private stillborn = 0;
  private backend: string | null = null;

  constructor(private readonly workforce: Workforce) {
    process.once("exit", this.close);
  }

  /** Computes what is missing of a part. @throws BackendError where the machine cannot; Error where processes cannot start */
  async run(number: number, job: Job, store: Store): Promise<Outcome> {
    const plans = new Map(job.cells.map((cell) => planOf(job, cell)).map((plan) => [plan.name, plan]));
    await store.load((name) => plans.has(name));
    await new Promise<void>((resolve, reject) => {
      const order: Order = { kind: "run", part: number, cells: job.cells };
      const [finished, failed, begun] = [new Set<string>(), new Set<string>(), new Set<string>()];
      this.part = { order, job, store, plans, finished, failed, begun, resolve, reject };
      if (this.backend !== null) this.beginPart();
      for (const member of this.members) this.order(member);
      while (this.members.size < this.workforce.size) this.hire();
    });
    const { finished, failed, begun } = this.part!;
    this.part = null;
    this.workforce.progress.stop();
    await store.load((name) => plans.has(name));
    const cells = [...plans.keys()].flatMap((name) => this.usable(store, name) ?? []);
    return {
      rows: cells.flatMap(({ rows }) => rows),
      cells: cells.map(({ provenance }) => provenance),
      reused: [...finished].filter((name) => !begun.has(name)).length,
      failed: [...failed].filter((name) => !finished.has(name)),
    };
  }

  /** Ends all processes. */
  readonly close = (): void => {
    clearInterval(this.clock);
    process.off("exit", this.close);
    for (const { child } of this.members) {
      child.removeAllListeners();
      child.kill("SIGKILL");
    }
    this.members.clear();
  };

  private usable(store: Store, name: string) {
    const found = store.read(name);
    return found?.provenance.backend === this.backend ? found : undefined;
  }

  private hire(): void {
    const child = this.workforce.start();
    const member: Member = { child, cell: null, begun: 0, advanced: 0, isOver: false, isDismissed: false, words: "" };
    this.members.add(member);
    for (const stream of [child.stdout, child.stderr])
      stream?.on("data", (chunk: Buffer) => {
        member.words = `${member.words}${chunk}`.slice(-LAST_WORDS);
      });
    child.on("message", (told: Told) => this.guarded(() => this.hear(member, told)));
    child.on("error", ({ message }) => this.guarded(() => this.bury(member, message)));
    child.on("close", (code, signal) => this.guarded(() => this.bury(member, signal ?? `status ${code}`)));
    child.send({ kind: "open", opening: this.workforce.opening } satisfies Order, () => {});
    this.order(member);
  }

  /** What is thrown where nobody waits, such as a full disk, ends the part. */
  private guarded(work: () => void): void {
    try {
      work();
    } catch (error) {
      this.part?.reject(error);
    }
  }

  /** Tells a process to do its part of the part. A message to one that has just died is lost with it. */
  private order(member: Member): void {
    member.isOver = false;
    member.child.send(this.part!.order, () => {});
  }

  private hear(member: Member, told: Told): void {
    const { progress, say } = this.workforce;
    const { part } = this;
    if (part === null) return;
    if (told.kind === "opened") this.open(told);
    else if (told.kind === "begin") {
      Object.assign(member, {
        cell: { name: told.cell, since: performance.now() },
        begun: member.begun + 1,
        advanced: 0,
      });
      part.begun.add(told.cell);
      this.stillborn = 0;
    } else if (told.kind === "advance") {
      member.advanced += told.work;
      progress.advance(told.work);
    } else if (told.kind === "skip") progress.skip?.(told.work);
    else if (told.kind === "finish") this.finish(member, told.cell);
    else if (told.kind === "say") {
      const { failed, runner } = told.about;
      const isOwn = runner?.host === hostname() && [...this.members].some(({ child }) => child.pid === runner.pid);
      const isKnown = failed !== undefined && part.failed.has(failed);
      if (failed !== undefined) part.failed.add(failed);
      if (failed !== undefined && member.cell?.name === failed) member.cell = null;
      if (!isOwn && !isKnown) say(told.sentence);
    } else if (told.kind === "fault") {
      part.reject(told.isMachine ? new BackendError(told.message) : new Error(told.message));
    } else {
      member.isOver = true;
      this.stillborn = 0;
      this.endPart();
    }
  }

  private open({ backend, adapter }: Extract<Told, { kind: "opened" }>): void {
    if (this.backend !== null) return;
    this.backend = backend;
    const { size, say } = this.workforce;
    say(`training on ${backend} (${adapter}), in ${size === 1 ? "a worker process" : `${size} worker processes`}`);
    this.beginPart();
  }

  private beginPart(): void {
    const { progress, resume, say } = this.workforce;
    const { job, store, plans, finished } = this.part!;
    const code = codeState();
    let older = 0;
    for (const name of resume ? plans.keys() : []) {
      const found = this.usable(store, name);
      if (!found) continue;
      finished.add(name);
      if (isByOtherCode(found.provenance, code)) older++;
    }
    beginFolder({ job, cells: [...plans.keys()], kept: finished.size, older, store, say });
    const missing = [...plans.values()].filter(({ name }) => !finished.has(name));
    progress.start(
      job.id,
      plans.size,
      missing.reduce((sum, { work }) => sum + work, 0),
    );
    for (const cell of finished) progress.finish(cell, true, 0);
  }

  /** Takes note of a cell's rows, which any of the processes may see first, and those see that began before. */
  private finish(member: Member, cell: string): void {
    if (member.cell?.name === cell) member.cell = null;
    const { finished, begun, plans } = this.part!;
    if (finished.has(cell)) return;
    finished.add(cell);
    this.workforce.progress.finish(cell, !begun.has(cell), plans.get(cell)?.work ?? 0);
  }

  private endPart(): void {
    if ([...this.members].every(({ isOver }) => isOver)) this.part?.resolve();
  }

  /** Ends processes whose cell takes more than it may. */
  private look(): void {
    const { seconds, bytes } = this.workforce.limits;
    for (const member of this.members) {
      if (member.cell === null) continue;
      const { name, since } = member.cell;
      if (seconds !== undefined && performance.now() - since > 1000 * seconds)
        this.dismiss(member, name, `it took longer than ${seconds} s, its --time-limit`);
      else if (bytes !== undefined) {
        const taken = processMemory(member.child.pid!) ?? 0;
        if (taken > bytes) this.dismissForMemory(member, name, `${megabytes(taken)} of memory`, megabytes(bytes));
      }
    }
  }

  /** What a process has computed before may be what takes its memory: such a cell has a process to itself first. */
  private dismissForMemory(member: Member, cell: string, taken: string, limit: string): void {
    const sentence = `took ${taken}, more than ${limit}, its --memory-limit`;
    if (member.begun === 1) {
      this.dismiss(member, cell, `it ${sentence}`);
      return;
    }
    this.workforce.say(`${cell} ${sentence}, in a process that had computed others: it has another one to itself`);
    this.end(member);
  }

  private dismiss(member: Member, cell: string, message: string): void {
    // Before its process is gone, so that nobody else takes it for left behind.
    this.fail(cell, message, member.words);
    this.end(member);
  }

  private end(member: Member): void {
    member.child.removeAllListeners("message");
    member.isDismissed = true;
    member.cell = null;
    this.workforce.progress.advance(-member.advanced);
    member.advanced = 0;
    member.child.kill("SIGKILL");
  }

  private fail(cell: string, message: string, words: string): void {
    this.part!.store.fail(cell, { message, stack: words || message });
    this.part!.failed.add(cell);
    this.workforce.say(`${cell} failed: ${message}`);
  }

  /** A process has ended: what it was at is done once more, by another one. */
  private bury(member: Member, how: string): void {
    const { part } = this;
    if (!this.members.delete(member) || part === null) return;
    const { child, cell, words } = member;
    this.workforce.progress.advance(-member.advanced);
    if (cell !== null) {
      const deaths = (this.deaths.get(cell.name) ?? 0) + 1;
      this.deaths.set(cell.name, deaths);
      const end = `the worker process ${child.pid} that computed it ended (${how})`;
      if (deaths > 1) this.fail(cell.name, `${end}, as one did before${lastLine(words)}`, words);
      else this.workforce.say(`${cell.name}: ${end}${lastLine(words)}; it is computed once more`);
    } else if (!member.isDismissed && !member.isOver && ++this.stillborn >= STILLBORN) {
      part.reject(new Error(`worker processes end before they are at work (${how})${lastLine(words)}`));
      return;
    }
    const isDone = [...part.plans.keys()].every((name) => part.finished.has(name) || part.failed.has(name));
    if (!isDone) this.hire();
    this.endPart();
  }
}

function lastLine(words: string): string {
  const line = words.trimEnd().split("\n").at(-1)!.trim();
  return line === "" ? "" : `: ${line}`;
}

const megabytes = (bytes: number): string => `${Math.round(bytes / 1e6)} MB`;
