import type { Nd, Prompts, Rows } from "../types.js";
import type { Predict } from "./squared-errors.js";

/** The query's law, the context given: mean 0, this covariance (d x d), and noise of its label (a standard deviation). */
export interface QueryMoments {
  readonly covariance: Rows;
  readonly noise: number;
}

/** A prediction as a function of its query, b + v . query: v is (batch, feature), b is (batch). */
interface Affine {
  readonly slopes: Float64Array;
  readonly offsets: Float64Array;
}

/**
 * The mean over query and label of a squared error, the rest of the prompt given, for a prediction b + v . query:
 *
 *   E (b + v . x_q - w . x_q - s e)^2 = (v - w)^T S (v - w) + b^2 + s^2
 *
 * one number a prompt, with the same mean over prompts as the squared error itself and less variance: what is left is the
 * context's and the task's. Costs d + 1 predictions a prompt.
 *
 * @param tasks w, (batch, feature) @param linear predictions that are linear in the query, as `linearInQuery` finds
 */
export function integratedErrors(
  prompts: Prompts,
  predict: Predict,
  tasks: Nd<["batch", "feature"]>,
  { covariance, noise }: QueryMoments,
): Float64Array {
  const [batch, d] = prompts.query.shape;
  const { slopes, offsets } = affine(prompts, predict, covariance);
  const errors = new Float64Array(batch);
  const gap = new Float64Array(d);
  for (let b = 0; b < batch; b++) {
    for (let i = 0; i < d; i++) gap[i] = slopes[b * d + i]! - tasks.data[b * d + i]!;
    let form = offsets[b]! ** 2 + noise ** 2;
    for (let i = 0; i < d; i++) for (let j = 0; j < d; j++) form += gap[i]! * covariance[i]![j]! * gap[j]!;
    errors[b] = form;
  }
  return errors;
}

/** Roundoffs of the terms of a sum that a prediction may be off a linear one: solvers lose digits, maps that bend lose all. */
const ROUNDOFFS = 2 ** 20 * Number.EPSILON;

/** Whether predictions are linear in the query, by those at the prompts' own queries; else the sentence that they are not. */
export function linearInQuery(predict: Predict, prompts: Prompts, covariance: Rows): true | string {
  const [batch, d] = prompts.query.shape;
  const { slopes, offsets } = affine(prompts, predict, covariance);
  const predictions = predict(prompts).data;
  for (let b = 0; b < batch; b++) {
    let [value, size] = [offsets[b]!, Math.abs(offsets[b]!)];
    for (let i = 0; i < d; i++) {
      const term = slopes[b * d + i]! * prompts.query.data[b * d + i]!;
      value += term;
      size += Math.abs(term);
    }
    if (!(Math.abs(predictions[b]! - value) <= ROUNDOFFS * size)) return "its prediction is not linear in the query";
  }
  return true;
}

/** v and b from predictions at the query 0 and at one standard deviation along each axis. */
function affine(prompts: Prompts, predict: Predict, covariance: Rows): Affine {
  const [batch, d] = prompts.query.shape;
  const asked = (axis: number | null, length: number) => {
    const data = new Float64Array(batch * d);
    if (axis !== null) for (let b = 0; b < batch; b++) data[b * d + axis] = length;
    return predict({ ...prompts, query: { ...prompts.query, data } }).data;
  };
  const offsets = Float64Array.from(asked(null, 0));
  const slopes = new Float64Array(batch * d);
  for (let i = 0; i < d; i++) {
    const length = Math.sqrt(covariance[i]![i]!) || 1;
    const along = asked(i, length);
    for (let b = 0; b < batch; b++) slopes[b * d + i] = (along[b]! - offsets[b]!) / length;
  }
  return { slopes, offsets };
}
