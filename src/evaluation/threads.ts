import type { Slice } from "../types.js";
import type { Job, Result } from "./job.js";
import { startThread, type Thread } from "./thread.js";

/** Chunks that a thread has at a time: the next is there when one is finished. */
const AHEAD = 2;

/** Chunks that are sent or wait for an earlier one, at most, for every thread: what bounds memory. */
const WINDOW = 4;

/** A measurement under way. */
interface Hearing {
  hear(result: Result): void;
  fail(why: unknown): void;
}

/** Threads that measure, started at the first use and kept; the process may end when nothing is measured. */
class Threads {
  private members: Thread[] = [];
  private readonly hearings = new Map<number, Hearing>();
  private begun = 0;

  /**
   * The squared errors of all chunks, in order of the chunks, whichever thread is ready first.
   *
   * @throws what a thread met, in its own words; Error where a thread ends; the signal's reason, at once
   */
  async *errors(
    given: Omit<Job, "job">,
    slices: { readonly count: number; at(chunk: number): Slice },
    size: number,
    signal?: AbortSignal,
  ): AsyncGenerator<Float64Array> {
    const job = this.begun++;
    const threads = this.first(size);
    const loads = threads.map(() => 0);
    const owners = new Map<number, number>();
    const ready = new Map<number, Float64Array>();
    let failure: { readonly why: unknown } | null = null;
    let wake = () => {};
    const fail = (why: unknown) => {
      failure ??= { why };
      wake();
    };
    const hear = (result: Result) => {
      const owner = owners.get(result.chunk)!;
      owners.delete(result.chunk);
      loads[owner]!--;
      if ("failed" in result) fail(result.failed);
      else ready.set(result.chunk, result.errors);
      wake();
    };
    const abort = () => fail(signal!.reason);
    this.hearings.set(job, { hear, fail });
    signal?.addEventListener("abort", abort);
    if (signal?.aborted) abort();
    this.hold();
    try {
      for (const thread of threads) thread.send({ ...given, job });
      let sent = 0;
      for (let chunk = 0; chunk < slices.count; chunk++) {
        while (!ready.has(chunk)) {
          if (failure !== null) throw (failure as { readonly why: unknown }).why;
          for (; sent < Math.min(slices.count, chunk + WINDOW * size); sent++) {
            const owner = loads.indexOf(Math.min(...loads));
            if (loads[owner]! >= AHEAD) break;
            loads[owner]!++;
            owners.set(sent, owner);
            threads[owner]!.send({ job, chunk: sent, slice: slices.at(sent) });
          }
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
        }
        const errors = ready.get(chunk)!;
        ready.delete(chunk);
        yield errors;
      }
    } finally {
      signal?.removeEventListener("abort", abort);
      this.hearings.delete(job);
      for (const thread of threads) thread.send({ end: job });
      this.hold();
    }
  }

  /** Ends the threads, and with them what is measured. */
  async close(): Promise<void> {
    await this.end("the threads were closed");
  }

  private first(size: number): Thread[] {
    while (this.members.length < size) {
      const thread: Thread = startThread(
        (result) => this.hearings.get(result.job)?.hear(result),
        (why) => this.members.includes(thread) && this.end(`a thread that measures ended: ${why}`),
      );
      this.members.push(thread);
    }
    return this.members.slice(0, size);
  }

  private async end(why: string): Promise<void> {
    const ended = this.members;
    this.members = [];
    for (const { fail } of [...this.hearings.values()]) fail(new Error(why));
    await Promise.all(ended.map((thread) => thread.close()));
  }

  private hold(): void {
    for (const thread of this.members) thread.hold(this.hearings.size > 0);
  }
}

/** All measurements share them: starting threads anew for each would cost a tenth of a second. */
export const threads = new Threads();
