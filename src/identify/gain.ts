import type { Nd, Prompts } from "../types.js";
import { type Candidate, withGain } from "./candidate.js";
import { meanSquare, meanSquaredGap } from "./squares.js";

/** Where a model and a candidate are compared to fit its constant: prompts, the model's predictions, their variance. */
export interface FitGround {
  readonly prompts: Prompts;
  readonly predictions: Nd["data"];
  readonly variance: number;
}

/** Gains from 1/16 to 16 are tried first, by doublings, on so many prompts of each ground. */
const DOUBLINGS = 4;
const SKETCH = 64;

/** Then Gauss and Newton's steps in log gain: near the best one each doubles the digits. One that leads away is cut short. */
const NEWTON_STEPS = 6;
/** Difference by which the slope in log2 gain is taken: its error slows the steps, and moves where they end not at all. */
const DIFFERENCE = 2 ** -13;

/**
 * The gain by which the candidate comes nearest to the model, by mean distance over the grounds; null where gains
 * change nothing. A prediction in proportion to its gain (one step of descent) has its best one in closed form.
 */
export function bestGain(candidate: Candidate, fits: readonly FitGround[]): number | null {
  const kind = kindOf(candidate, fits[0]!.prompts);
  if (kind === "constant") return null;
  if (kind === "proportional") return proportionalGain(candidate, fits);
  const sketches = fits.map(({ prompts, predictions, variance }) => ({
    prompts: first(prompts, SKETCH),
    predictions: predictions.subarray(0, SKETCH),
    variance,
  }));
  const tried = Array.from({ length: 2 * DOUBLINGS + 1 }, (_, i) => i - DOUBLINGS);
  const distances = tried.map((log) => distance(predicted(candidate, sketches, log), sketches));
  let log = tried[distances.indexOf(Math.min(...distances))]!;
  let here = predicted(candidate, fits, log);
  let least = distance(here, fits);
  let share = 1;
  for (let k = 0; k < NEWTON_STEPS; k++) {
    const step = newtonStep(here, predicted(candidate, fits, log + DIFFERENCE), fits);
    const there = predicted(candidate, fits, log + share * step);
    const reached = distance(there, fits);
    if (reached < least) [log, here, least, share] = [log + share * step, there, reached, 1];
    else share /= 4;
  }
  return 2 ** log;
}

type Predictions = readonly Nd["data"][];

const predicted = (candidate: Candidate, fits: readonly FitGround[], log: number): Predictions => {
  const moved = withGain(candidate, 2 ** log);
  return fits.map(({ prompts }) => moved.predict(prompts).data);
};

/** Mean over the grounds; infinite where a prediction is not finite. */
function distance(here: Predictions, fits: readonly FitGround[]): number {
  const each = fits.map(({ predictions, variance }, g) => meanSquaredGap(here[g]!, predictions) / variance);
  const mean = each.reduce((sum, share) => sum + share, 0) / fits.length;
  return Number.isNaN(mean) ? Number.POSITIVE_INFINITY : mean;
}

/** Where the sum of squares would be least if predictions were linear in log gain; at most one doubling away. */
function newtonStep(here: Predictions, beside: Predictions, fits: readonly FitGround[]): number {
  let [along, size] = [0, 0];
  fits.forEach(({ predictions, variance }, g) => {
    const weight = 1 / (predictions.length * variance);
    for (let i = 0; i < predictions.length; i++) {
      const slope = (beside[g]![i]! - here[g]![i]!) / DIFFERENCE;
      along += weight * slope * (predictions[i]! - here[g]![i]!);
      size += weight * slope ** 2;
    }
  });
  return size > 0 ? Math.max(-1, Math.min(1, along / size)) : 0;
}

/** The first prompts of a batch. */
function first(prompts: Prompts, count: number): Prompts {
  const cut = <Array extends Nd>(array: Array): Array => {
    const [batch, ...rest] = array.shape as readonly number[];
    const kept = Math.min(batch!, count);
    const width = rest.reduce((product, extent) => product * extent, 1);
    return { ...array, shape: [kept, ...rest], data: array.data.subarray(0, kept * width) };
  };
  const { x, y, query, answer, length } = prompts;
  return { x: cut(x), y: cut(y), query: cut(query), answer: cut(answer), ...(length && { length: cut(length) }) };
}

/** Roundings of an algorithm on a well-posed prompt, relative to the size of its predictions. */
const ROUNDINGS = 2 ** -30;

/** What doubling the gain does to a candidate's predictions. */
function kindOf(candidate: Candidate, prompts: Prompts): "constant" | "proportional" | "other" {
  const few = first(prompts, SKETCH);
  const [once, twice] = [candidate.predict(few).data, withGain(candidate, 2).predict(few).data];
  const scale = Math.sqrt(meanSquare(once));
  const isTimes = (factor: number) =>
    Array.from(once).every((value, i) => Math.abs(twice[i]! - factor * value) <= ROUNDINGS * (scale + Math.abs(value)));
  return isTimes(1) ? "constant" : isTimes(2) ? "proportional" : "other";
}

/** argmin over c >= 0 of the sum of |m - c p|^2 / variance. */
function proportionalGain(candidate: Candidate, fits: readonly FitGround[]): number {
  let [along, size] = [0, 0];
  for (const { prompts, predictions, variance } of fits) {
    const weight = 1 / (predictions.length * variance);
    candidate.predict(prompts).data.forEach((value, i) => {
      along += weight * value * predictions[i]!;
      size += weight * value ** 2;
    });
  }
  return Math.max(0, along / size);
}
