import { mean } from "./estimate.js";
import { twoSidedTail } from "./tail.js";

/** Points that a slope with an error needs at the least. */
const FEWEST = 4;

/** How the loss moved over the last third of a training. */
export interface LossTrend {
  /** Part of the loss that the line through the last third loses from its beginning to its end; negative: it rises. */
  readonly fall: number;
  readonly standardError: number;
  /** Degrees of freedom of Student's t. */
  readonly degrees: number;
}

/**
 * The least-squares slope b of the loss over the steps of the last third, as fall = -b (T / 3) / (mean loss), with the
 * error of the scatter about the line: s_b^2 = sum r^2 / ((m - 2) sum (t - mean t)^2). Each loss is that of one batch of
 * fresh prompts, so that the scatter is independent from point to point.
 *
 * @param steps T, the length of the training
 * @returns null below four points, or where the loss or its scatter is 0
 */
export function lossTrend(
  points: readonly { readonly step: number; readonly loss: number | null }[],
  steps: number,
): LossTrend | null {
  const last = points.flatMap(({ step, loss }) => (step > (2 / 3) * steps && loss !== null ? [{ step, loss }] : []));
  if (last.length < FEWEST) return null;
  const [centre, level] = [mean(last.map(({ step }) => step)), mean(last.map(({ loss }) => loss))];
  const spread = sum(last.map(({ step }) => (step - centre) ** 2));
  const slope = sum(last.map(({ step, loss }) => (step - centre) * (loss - level))) / spread;
  const scatter = sum(last.map(({ step, loss }) => (loss - level - slope * (step - centre)) ** 2));
  const degrees = last.length - 2;
  const unit = steps / 3 / level;
  const standardError = Math.sqrt(scatter / degrees / spread) * unit;
  return level > 0 && standardError > 0 ? { fall: -slope * unit, standardError, degrees } : null;
}

/** A fall below this part of the loss is no matter. */
const LEAST_FALL = 0.01;

/** One wrong warning in 370 trainings that had converged, on either side: that of 3 sigma. */
const LEVEL = 0.0027;

/** Whether the loss was still falling: by more than 1 %, and by more than its scatter explains. */
export function stillFalling({ fall, standardError, degrees }: LossTrend): boolean {
  return fall > LEAST_FALL && twoSidedTail(fall / standardError, degrees) <= LEVEL;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
