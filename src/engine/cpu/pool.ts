import { Barrier } from "./barrier.js";
import type { Report } from "./job.js";
import { crewMemory, type Prepared, sharesMemory } from "./prepare.js";
import { startThread, type Thread } from "./thread.js";

/** Training of one trial under way: `stop` ends it before its next step. */
export interface Crew {
  stop(): void;
}

/** Worker threads that train trials, started at the first use and kept until `close`. */
export class Pool {
  private readonly threads: Promise<Thread>[] = [];
  private readonly listeners = new Map<number, (report: Report) => void>();
  private failed: Error | null = null;
  private crews = 0;
  /** Trials begun: their numbers to the threads, whoever asked for them. */
  private begun = 0;

  /** @param size threads at most */
  constructor(readonly size: number) {}

  /**
   * Trains one trial on these threads (by their numbers). `report` hears its snapshots and its end. Trials under way at
   * the same time must have different threads.
   */
  async train(prepared: Prepared, members: readonly number[], report: (report: Report) => void): Promise<Crew> {
    const memory = crewMemory(prepared);
    const trial = this.begun++;
    this.listeners.set(trial, (heard) => {
      if (heard.kind !== "snapshot") {
        this.listeners.delete(trial);
        this.crews--;
        if (this.crews === 0) void this.hold(false);
      }
      report(heard);
    });
    this.crews++;
    const threads = await Promise.all(members.map((member) => this.thread(member)));
    if (this.failed) throw this.failed;
    await this.hold(true);
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

  async close(): Promise<void> {
    const threads = await Promise.all(this.threads.splice(0));
    await Promise.all(threads.map((thread) => thread.close()));
  }

  private thread(number: number): Promise<Thread> {
    this.threads[number] ??= startThread().then((thread) => {
      thread.listen(
        (report) => this.listeners.get(report.trial)?.(report),
        (error) => this.fail(error),
      );
      return thread;
    });
    return this.threads[number];
  }

  /** A thread that dies takes all trials under way with it: their crews would wait for it for ever. */
  private fail(error: Error): void {
    this.failed = error;
    for (const [trial, listener] of [...this.listeners]) listener({ kind: "failed", trial, message: error.message });
  }

  /** Keeps Node alive while something trains, and lets it exit when nothing does. */
  private async hold(alive: boolean): Promise<void> {
    for (const thread of await Promise.all(this.threads.filter((started) => started !== undefined))) thread.hold(alive);
  }
}
