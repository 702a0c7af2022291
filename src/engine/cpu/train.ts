import { checkTrial } from "../../training/check-trial.js";
import { unflatten } from "../../training/flat-weights.js";
import type { Checkpoint, Snapshot, Train, Trial } from "../../types.js";
import type { OpenCpu } from "./backend.js";
import { isEnd, type Report } from "./job.js";
import { Mailbox } from "./mailbox.js";
import type { Crew } from "./pool.js";
import { type Prepared, prepare } from "./prepare.js";
import { sharesMemory } from "./shares-memory.js";

/**
 * Trains trials on worker threads by their kernel programs. Where there are at least as many trials as threads, each
 * thread trains a trial of its own; a single trial has its batch split over all threads. Either way, and whatever the
 * number of threads, a trial's snapshots are the same bit for bit, and those of the tfjs trainer up to float32 rounding.
 *
 * A trial ends early, without touching the others, when it diverges or when its `done` says so. From a checkpoint it goes
 * on bit for bit, on any number of threads.
 *
 * @throws RangeError on a schedule or prompts that cannot be; whatever `signal` was aborted with, within a few milliseconds.
 *
 * @example
 * import { cpuBackend } from "iclab/engine/cpu/backend";
 * import { train } from "iclab/engine/cpu/train";
 * import { linearRegressionLaw } from "iclab/laws/gaussian-linear";
 * import { keyOf } from "iclab/math/keys";
 * import linearAttention from "iclab/mixers/linear-attention";
 * import type { Schedule, Trial } from "iclab/types";
 *
 * const backend = await cpuBackend(2).open();
 * if (typeof backend === "string") throw new Error(backend);
 * const law = linearRegressionLaw({ features: 2 });
 * const mixer = linearAttention.make(linearAttention.options.parse({}), { features: 2, context: 5 });
 * const schedule: Schedule = {
 *   ...{ steps: 300, batch: 128, rate: 0.02, clip: null, warmup: 0, decay: "cosine", lossFactor: 1 },
 *   optimizer: { kind: "adam", betas: [0.9, 0.999], epsilon: 1e-8 },
 * };
 * const trials = [0, 1, 2].map((seed): Trial => ({ mixer, law, context: 5, schedule, key: keyOf(seed), record: [] }));
 * const ended = new Map<number, string>();
 * for await (const { trial, step, status } of train(trials, { backend })) ended.set(trial, `${step} ${status}`);
 * await backend.close();
 * [...ended.values()]; // ["300 ok", "300 ok", "300 ok"]
 */
export const train: Train<OpenCpu> = async function* (trials, { backend: { pool }, signal, checkpoints }) {
  for (const trial of trials) checkTrial(trial);
  signal?.throwIfAborted();
  const waiting = trials.map((_, i) => i).filter((i) => !checkpoints?.ended.has(i));
  const free = Array.from({ length: pool.size }, (_, i) => i);
  const active = new Map<number, Active>();
  const mailbox = new Mailbox<Report>();
  const abort = () => {
    for (const trial of active.values()) end(trial);
    mailbox.wake();
  };
  const begin = () => {
    while (waiting.length > 0 && free.length > 0) {
      const index = waiting.shift()!;
      const prepared = prepare(trials[index]!, checkpoints?.from.get(index), checkpoints?.every);
      const threads = free.splice(0, crewSize(prepared, free.length, waiting.length, pool.size));
      const crew = pool.train(prepared, threads, (report) => mailbox.put({ ...report, trial: index }));
      active.set(index, { prepared, crew, threads, over: false });
    }
  };
  const close = (report: Report) => {
    free.push(...active.get(report.trial)!.threads);
    active.delete(report.trial);
  };
  signal?.addEventListener("abort", abort);
  try {
    begin();
    while (active.size > 0) {
      signal?.throwIfAborted();
      const report = await mailbox.take();
      if (report === undefined) continue;
      if (report.kind === "snapshot") {
        const trial = active.get(report.trial)!;
        if (trial.over) continue;
        const snapshot = snapshotOf(report, trial.prepared);
        yield snapshot;
        if (report.status === "ok" && isDone(trials[report.trial]!, snapshot)) end(trial);
      } else if (report.kind === "checkpoint") {
        if (!active.get(report.trial)!.over) checkpoints!.keep([checkpointOf(report)]);
      } else {
        close(report);
        if (report.kind === "failed") throw new Error(`trial ${report.trial}: ${report.message}`);
        begin();
      }
    }
    signal?.throwIfAborted();
  } finally {
    signal?.removeEventListener("abort", abort);
    for (const trial of active.values()) end(trial);
    while (active.size > 0) {
      const report = await mailbox.take();
      if (report !== undefined && isEnd(report)) close(report);
    }
  }
};

interface Active {
  readonly prepared: Prepared;
  readonly crew: Crew;
  readonly threads: readonly number[];
  /** Snapshots that were under way when the trial was ended are dropped: results do not depend on timing. */
  over: boolean;
}

function end(trial: Active): void {
  trial.over = true;
  trial.crew.stop();
}

/** Threads for a trial: one where others wait for threads or memory cannot be shared, else all that its batch can use. */
function crewSize({ chunks }: Prepared, free: number, waiting: number, size: number): number {
  if (!sharesMemory || waiting + 1 >= size) return 1;
  return Math.max(1, Math.min(free, chunks));
}

function isDone(trial: Trial, snapshot: Snapshot): boolean {
  return trial.done?.(snapshot) ?? false;
}

function snapshotOf(report: Extract<Report, { kind: "snapshot" }>, { layout }: Prepared): Snapshot {
  const { trial, step, loss, status, weights } = report;
  return { trial, step, loss, status, weights: unflatten(layout, weights) };
}

/** Sums are added in an order that is the prompts', whatever the threads: there is one layout. */
function checkpointOf({ trial, state }: Extract<Report, { kind: "checkpoint" }>): Checkpoint {
  const { step, ...numbers } = state;
  return { trial, step, layout: "", numbers };
}
