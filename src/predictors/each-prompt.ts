import { nd } from "../math/nd.js";
import type { Nd, Prompts } from "../types.js";

/** One prompt as an algorithm sees it. The arrays are reused from prompt to prompt: read them, do not keep them. */
export interface Problem {
  /** n x d inputs, row-major. */
  readonly x: Float64Array | Float32Array;
  /** n labels. */
  readonly y: Float64Array | Float32Array;
  /** d entries. */
  readonly query: Float64Array | Float32Array;
  readonly n: number;
  readonly d: number;
}

/**
 * Runs an algorithm on every prompt by itself: what one prompt is told never reaches another. A prompt without pairs is
 * predicted 0, the mean of the prior, whatever the algorithm.
 *
 * @throws RangeError where labels have more than one output.
 */
export function eachPrompt(prompts: Prompts, predict: (problem: Problem) => number): Nd<["batch"]> {
  const [batch, context, d] = prompts.x.shape;
  if (prompts.y.shape[2] !== 1) throw new RangeError(`predictors predict one label, not ${prompts.y.shape[2]}`);
  const predictions = nd(["batch"], [batch]);
  for (let b = 0; b < batch; b++) {
    const n = prompts.length?.data[b] ?? context;
    if (n === 0) continue;
    const x = prompts.x.data.subarray(b * context * d, (b * context + n) * d);
    const y = prompts.y.data.subarray(b * context, b * context + n);
    const query = prompts.query.data.subarray(b * d, (b + 1) * d);
    predictions.data[b] = predict({ x, y, query, n, d });
  }
  return predictions;
}

/** X^T y, the sum of y_j x_j: (d). */
export function labelSum({ x, y, n, d }: Problem): Float64Array {
  const sum = new Float64Array(d);
  for (let j = 0; j < n; j++) for (let i = 0; i < d; i++) sum[i]! += y[j]! * x[j * d + i]!;
  return sum;
}

/** X^T X, the sum of x_j x_j^T: d x d, row-major. */
export function gram({ x, n, d }: Problem): Float64Array {
  const sum = new Float64Array(d * d);
  for (let j = 0; j < n; j++)
    for (let i = 0; i < d; i++) {
      const left = x[j * d + i]!;
      for (let k = 0; k <= i; k++) sum[i * d + k]! += left * x[j * d + k]!;
    }
  for (let i = 0; i < d; i++) for (let k = 0; k < i; k++) sum[k * d + i] = sum[i * d + k]!;
  return sum;
}

export function dot(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let total = 0;
  for (let i = 0; i < a.length; i++) total += a[i]! * b[i]!;
  return total;
}
