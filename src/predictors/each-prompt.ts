import { nd } from "../math/nd.js";
import type { Prompts, Tuned } from "../types.js";

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

/** What an algorithm knows before the prompts come: the memory it works in is made once for all of them. */
export interface Size {
  readonly d: number;
  /** Pairs of the longest prompt. */
  readonly most: number;
}

/**
 * Runs an algorithm on every prompt by itself: what one prompt is told never reaches another. A prompt without pairs is
 * predicted 0, the mean of the prior, whatever the algorithm.
 *
 * @param algorithm called once for a batch of prompts; its result once a prompt
 * @throws RangeError where labels have more than one output.
 */
export function eachPrompt(algorithm: (size: Size) => (problem: Problem) => number): Tuned["predict"] {
  return (prompts: Prompts) => {
    const [batch, most, d] = prompts.x.shape;
    if (prompts.y.shape[2] !== 1) throw new RangeError(`predictors predict one label, not ${prompts.y.shape[2]}`);
    const predictions = nd(["batch"], [batch]);
    const predict = algorithm({ d, most });
    for (let b = 0; b < batch; b++) {
      const n = prompts.length?.data[b] ?? most;
      if (n === 0) continue;
      const x = prompts.x.data.subarray(b * most * d, (b * most + n) * d);
      const y = prompts.y.data.subarray(b * most, b * most + n);
      const query = prompts.query.data.subarray(b * d, (b + 1) * d);
      predictions.data[b] = predict({ x, y, query, n, d });
    }
    return predictions;
  };
}

/** Writes X^T y, the sum of y_j x_j, to `sum` (d). */
export function labelSum({ x, y, n, d }: Problem, sum: Float64Array): void {
  sum.fill(0);
  for (let j = 0; j < n; j++) {
    const label = y[j]!;
    for (let i = 0; i < d; i++) sum[i]! += label * x[j * d + i]!;
  }
}

/** Writes X^T X, the sum of x_j x_j^T, to `sum` (d x d, row-major). Pairs are added in order, four at once. */
export function gram({ x, n, d }: Problem, sum: Float64Array): void {
  sum.fill(0);
  let j = 0;
  for (; j + 4 <= n; j += 4) {
    const p = j * d;
    const q = p + d;
    const r = q + d;
    const s = r + d;
    for (let i = 0; i < d; i++) {
      const xp = x[p + i]!;
      const xq = x[q + i]!;
      const xr = x[r + i]!;
      const xs = x[s + i]!;
      for (let k = 0; k <= i; k++)
        sum[i * d + k] = sum[i * d + k]! + xp * x[p + k]! + xq * x[q + k]! + xr * x[r + k]! + xs * x[s + k]!;
    }
  }
  for (; j < n; j++)
    for (let i = 0; i < d; i++) {
      const left = x[j * d + i]!;
      for (let k = 0; k <= i; k++) sum[i * d + k]! += left * x[j * d + k]!;
    }
  for (let i = 0; i < d; i++) for (let k = 0; k < i; k++) sum[k * d + i] = sum[i * d + k]!;
}

export function dot(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let total = 0;
  for (let i = 0; i < a.length; i++) total += a[i]! * b[i]!;
  return total;
}

/** Writes A v of a d x d matrix, row-major, to `out` (d). */
export function apply(a: Float64Array, v: Float64Array, out: Float64Array): void {
  const d = v.length;
  for (let i = 0; i < d; i++) {
    let total = 0;
    for (let k = 0; k < d; k++) total += a[i * d + k]! * v[k]!;
    out[i] = total;
  }
}
