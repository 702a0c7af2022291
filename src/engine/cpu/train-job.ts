import { chunkPrompts, chunkSums, type Instance } from "../../kernels/instance.js";
import { foldIn } from "../../math/keys.js";
import { clip } from "../../training/clip.js";
import { largestLoss } from "../../training/largest-loss.js";
import { type Memory, noMemory, update } from "../../training/optimizers.js";
import { rateAt } from "../../training/rate.js";
import { Outputs } from "../training-program.js";
import type { Barrier } from "./barrier.js";
import type { Job, Report } from "./job.js";

/**
 * One thread's part of training one trial. Every member sums its own whole chunks of 128 prompts in float32 lanes; the
 * leader adds the chunks in order of the prompts in float64 and updates. The order of addition is therefore fixed by
 * the prompts, not by the threads: one, two or three threads give the same weights bit for bit.
 */
export async function trainJob(
  job: Job,
  kernel: Instance,
  barrier: Barrier,
  report: (report: Report) => void,
): Promise<void> {
  const { batch, steps } = job.schedule;
  const chunks = Math.ceil(batch / chunkPrompts);
  const share = Math.ceil(chunks / job.members) * chunkPrompts;
  const [from, to] = [job.member * share, Math.min(batch, (job.member + 1) * share)];
  const width = job.kernel.layout.width * 4;
  const shared = new Float32Array(job.memory.partials);
  const weights = new Float64Array(job.memory.weights);
  const leader = job.member === 0 ? new Leader(job, weights, barrier, report) : null;
  const prompts = foldIn(job.key, "prompts");
  let lastPause = performance.now();
  for (let step = 1; step <= steps; step++) {
    if (performance.now() - lastPause > PAUSE_EVERY && job.members === 1) {
      await new Promise((resume) => setTimeout(resume));
      lastPause = performance.now();
    }
    if (to > from) {
      const given = { parameters: weights, settings: job.settings, tables: job.tables, key: foldIn(prompts, step) };
      shared.set(kernel.partials(given, from, to), (from / chunkPrompts) * width);
    }
    barrier.meet();
    leader?.update(step, shared);
    barrier.meet();
    if (barrier.halted) break;
  }
  leader?.finish();
}

/** Milliseconds after which a thread that works alone reads its messages: it may share no memory to be stopped by. */
const PAUSE_EVERY = 20;

class Leader {
  private memory: Memory;
  private good: Float64Array;
  private readonly wanted: ReadonlySet<number>;

  constructor(
    private readonly job: Job,
    private readonly weights: Float64Array,
    private readonly barrier: Barrier,
    private readonly report: (report: Report) => void,
  ) {
    this.memory = noMemory(weights.length);
    this.good = weights.slice();
    this.wanted = new Set(job.record).add(job.schedule.steps);
    if (this.wanted.has(0)) this.snapshot(0, null, "ok");
  }

  /** Adds up a step's chunks and moves the weights; stops the crew where loss or weights leave the finite numbers. */
  update(step: number, partials: Float32Array): void {
    this.advance(step, partials);
    this.barrier.settle();
  }

  private advance(step: number, partials: Float32Array): void {
    const { schedule, kernel } = this.job;
    const { batch, lossFactor, optimizer } = schedule;
    const sums = chunkSums(partials, kernel.layout.width);
    const loss = (lossFactor * sums[Outputs.loss]!) / batch;
    const labels = sums[Outputs.squaredAnswer]! / batch;
    const gradient = sums.subarray(Outputs.gradient).map((sum) => (lossFactor * sum) / batch);
    if (!(loss <= largestLoss(labels, lossFactor)) || !gradient.every(Number.isFinite)) {
      this.diverge(step, null);
      return;
    }
    this.good = this.weights.slice();
    const clipped = clip(gradient, schedule.clip);
    const moved = update(optimizer, this.good, clipped, this.memory, rateAt(schedule, step));
    if (!moved.weights.every(Number.isFinite)) {
      this.diverge(step, loss);
      return;
    }
    this.memory = moved.memory;
    this.weights.set(moved.weights);
    if (this.wanted.has(step)) this.snapshot(step, loss, "ok");
  }

  finish(): void {
    this.report({ kind: "finished", trial: this.job.trial });
  }

  private diverge(step: number, loss: number | null): void {
    this.weights.set(this.good);
    this.snapshot(step, loss, "diverged");
    this.barrier.stop();
  }

  private snapshot(step: number, loss: number | null, status: "ok" | "diverged"): void {
    this.report({ kind: "snapshot", trial: this.job.trial, step, loss, status, weights: this.weights.slice() });
  }
}
