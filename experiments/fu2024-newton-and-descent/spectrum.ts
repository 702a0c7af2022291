import { eigen, type Spectrum } from "../../src/math/symmetric.js";
import { gram } from "../../src/predictors/each-prompt.js";
import type { Prompts } from "../../src/types.js";

/** A prompt by its Gram matrix S = X^T X: eigenvalues and vectors, and labels and query in that basis. */
export interface Decomposed extends Spectrum {
  /** v_i . X^T y, which is l_i (v_i . w) where there is no noise. */
  readonly sums: readonly number[];
  /** v_i . x_q. */
  readonly query: readonly number[];
  readonly answer: number;
}

/** Prompt b, reading its first `pairs` pairs; the query is the next pair's input where `pairs` is less than there are. */
export function decomposed({ x, y, query, answer }: Prompts, b: number, pairs = x.shape[1]): Decomposed {
  const [, n, d] = x.shape;
  const at = b * n;
  const [inputs, labels] = [x.data.subarray(at * d, (at + pairs) * d), y.data.subarray(at, at + pairs)];
  const isWhole = pairs === n;
  const asked = isWhole
    ? query.data.subarray(b * d, (b + 1) * d)
    : x.data.subarray((at + pairs) * d, (at + pairs + 1) * d);
  const S = new Float64Array(d * d);
  gram({ x: inputs, y: labels, query: asked, n: pairs, d }, S);
  const rows = Array.from({ length: d }, (_, i) => Array.from(S.subarray(i * d, (i + 1) * d)));
  const { values, vectors } = eigen(rows);
  const sum = new Float64Array(d);
  for (let j = 0; j < pairs; j++) for (let i = 0; i < d; i++) sum[i]! += labels[j]! * inputs[j * d + i]!;
  const along = (v: ArrayLike<number>) => vectors.map((vector) => vector.reduce((total, e, i) => total + e * v[i]!, 0));
  return {
    ...{ values, vectors, sums: along(sum), query: along(asked) },
    answer: isWhole ? answer.data[b]! : y.data[at + pairs]!,
  };
}

/**
 * What an iteration that leaves the shares p_i answers: sum_i (1 - p_i) / l_i (v_i . X^T y)(v_i . x_q). Directions within
 * rounding of no input have no label to learn from.
 */
export function predictionOf({ values, sums, query }: Decomposed, left: readonly number[]): number {
  const least = values.length * Number.EPSILON * values.at(-1)!;
  return values.reduce((total, l, i) => (l > least ? total + ((1 - left[i]!) / l) * sums[i]! * query[i]! : total), 0);
}
