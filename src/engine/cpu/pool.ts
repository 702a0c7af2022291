import { Barrier } from "./barrier.js";
import { isEnd, type Report } from "./job.js";
import { crewMemory, type Prepared } from "./prepare.js";
import { sharesMemory } from "./shares-memory.js";
import { startThread, type Thread } from "./thread.js";

/** Training of one trial under way: `stop` ends it before its next chunk. */
export interface Crew {
  stop(): void;
}

/** Worker threads that train trials, started at the first use and kept until `close`, after which they start anew. */
export class Pool {
  private readonly threads: (Thread | undefined)[] = [];
  /** Who hears of the trials under way, by the trials' numbers among the threads. */
  private readonly listeners = new Map<number, (report: Report) => void>();
  private begun = 0;

  /** @param size threads at most */
  constructor(
    readonly size: number,
    private readonly start: () => Thread = startThread,
  ) {}

  /**
   * Trains one trial on these threads (by their numbers). `report` hears its snapshots and, once, its end. A thread
   * trains one trial after another in the order in which they are given to it.
   */
  train(prepared: Prepared, members: readonly number[], report: (report: Report) => void): Crew {
    const memory = crewMemory(prepared);
    const trial = this.begun++;
    const threads = members.map((number) => this.thread(number));
    this.listeners.set(trial, report);
    this.hold();
    for (const [member, thread] of threads.entries())
      thread.send({ ...prepared.job, trial, member, members: members.length, memory });
    const barrier = new Barrier(memory.control, members.length);
    return {
      stop() {
        barrier.stop();
        if (!sharesMemory) threads[0]!.send({ stop: trial });
      },
    };
  }

  /** Ends the threads; trials under way fail. */
  async close(): Promise<void> {
    await this.end("the engine was closed");
  }

  private thread(number: number): Thread {
    const known = this.threads[number];
    if (known) return known;
    const thread = this.start();
    this.threads[number] = thread;
    // A thread that dies takes all trials under way with it: their crews would wait for it for ever.
    thread.listen(
      (report) => this.hear(report),
      (error) => this.threads[number] === thread && this.end(error.message),
    );
    return thread;
  }

  private hear(report: Report): void {
    const listener = this.listeners.get(report.trial);
    if (isEnd(report) && this.listeners.delete(report.trial)) this.hold();
    listener?.(report);
  }

  private async end(message: string): Promise<void> {
    const threads = this.threads.splice(0);
    for (const trial of [...this.listeners.keys()]) this.hear({ kind: "failed", trial, message });
    await Promise.all(threads.map((thread) => thread?.close()));
  }

  /** Keeps Node alive while something trains, and lets it exit when nothing does. */
  private hold(): void {
    for (const thread of this.threads) thread?.hold(this.listeners.size > 0);
  }
}
