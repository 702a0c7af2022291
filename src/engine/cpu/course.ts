import { clip } from "../../training/clip.js";
import { largestLoss } from "../../training/largest-loss.js";
import { type Memory, noMemory, update } from "../../training/optimizers.js";
import { rateAt } from "../../training/rate.js";
import type { Schedule, Snapshot } from "../../types.js";
import { Outputs } from "../training-program.js";

/** All that a course goes on from. */
export interface CourseState {
  /** Updates made. */
  readonly step: number;
  readonly weights: Float64Array;
  /** The last weights that had a good loss. */
  readonly good: Float64Array;
  /** What the optimiser remembers. */
  readonly first: Float64Array;
  readonly second: Float64Array;
}

/** The course of one trial's weights: from the chunks' sums of a step to the next weights, by the rule of every trainer. */
export class Course {
  weights: Float64Array;
  /** True from the step on at which the loss or the weights left the finite numbers. */
  diverged = false;
  /** Of the last update's batch, before the update; null where it is not finite or there was none. */
  loss: number | null = null;
  /** The last weights that had a good loss. */
  private good: Float64Array;
  private memory: Memory;
  private readonly wanted: ReadonlySet<number>;

  /**
   * @param from where the course goes on; null where it begins with the initial weights
   * @param snapshot hears of the wanted steps, of the last one and of a divergence
   */
  constructor(
    initial: Float64Array,
    private readonly schedule: Schedule,
    record: readonly number[],
    from: CourseState | null,
    private readonly snapshot: (made: Omit<Snapshot, "trial" | "weights">, weights: Float64Array) => void,
  ) {
    this.weights = from?.weights ?? initial;
    this.good = from?.good ?? initial;
    this.memory = from ? { updates: from.step, first: from.first, second: from.second } : noMemory(initial.length);
    this.wanted = new Set(record).add(schedule.steps);
    if (from === null && this.wanted.has(0)) snapshot({ step: 0, loss: null, status: "ok" }, initial);
  }

  /** Where the course stands. */
  get state(): CourseState {
    const { updates, first, second } = this.memory;
    return { step: updates, weights: this.weights, good: this.good, first, second };
  }

  /**
   * Moves the weights by update `step`, from sums (chunk, output) in float64 that are added in the chunks' order.
   * Where that diverges, the weights go back to the last with a good loss.
   */
  advance(step: number, sums: Float64Array): void {
    const { batch, lossFactor, optimizer, clip: longest } = this.schedule;
    const means = meansOf(sums, Outputs.gradient + this.weights.length, batch);
    const loss = lossFactor * means[Outputs.loss]!;
    const gradient = means.slice(Outputs.gradient);
    // A loop: `map` takes as long as everything else here, and each step waits for it.
    for (let k = 0; k < gradient.length; k++) gradient[k] = lossFactor * gradient[k]!;
    if (!(loss <= largestLoss(means[Outputs.squaredAnswer]!, lossFactor)) || !allFinite(gradient)) {
      this.diverge(step, null);
      return;
    }
    this.loss = loss;
    this.good = this.weights;
    const moved = update(optimizer, this.weights, clip(gradient, longest), this.memory, rateAt(this.schedule, step));
    if (!allFinite(moved.weights)) {
      this.diverge(step, loss);
      return;
    }
    this.weights = moved.weights;
    this.memory = moved.memory;
    if (this.wanted.has(step)) this.snapshot({ step, loss, status: "ok" }, this.weights);
  }

  private diverge(step: number, loss: number | null): void {
    this.diverged = true;
    this.loss = loss;
    this.weights = this.good;
    this.snapshot({ step, loss, status: "diverged" }, this.weights);
  }
}

function meansOf(sums: Float64Array, width: number, batch: number): Float64Array {
  const means = new Float64Array(width);
  for (let at = 0; at < sums.length; at += width) for (let k = 0; k < width; k++) means[k] = means[k]! + sums[at + k]!;
  for (let k = 0; k < width; k++) means[k] = means[k]! / batch;
  return means;
}

/** The sum of 0 x is 0 unless one is infinite or no number: three times faster than `every`. */
function allFinite(numbers: Float64Array): boolean {
  let zero = 0;
  for (let i = 0; i < numbers.length; i++) zero += 0 * numbers[i]!;
  return zero === 0;
}
