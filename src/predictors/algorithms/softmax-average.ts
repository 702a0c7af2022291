import type { Tuned } from "../../types.js";
import { algorithm } from "../algorithm.js";
import { eachPrompt, type Problem } from "../each-prompt.js";

interface Constants {
  readonly heads: 1 | 2;
  /** Scale of the scores, omega > 0. */
  readonly omega: number;
  /** Output weight of the first head; the second has its opposite. */
  readonly mu: number;
}

/** y = mu sum_l a_l y_l with the weights a of `attention`. */
export function restore({ heads, omega, mu }: Constants): Tuned["predict"] {
  return eachPrompt(({ most }) => {
    const weights = new Float64Array(most);
    return (problem) => {
      attention(problem, heads, omega, weights);
      let total = 0;
      for (let j = 0; j < problem.n; j++) total += weights[j]! * problem.y[j]!;
      return mu * total;
    };
  });
}

export const softmaxAverage = algorithm(import.meta.url, restore);

/** Writes softmax(omega X x_q) of one head, or softmax(omega X x_q) - softmax(-omega X x_q) of two, to `weights` (n). */
export function attention({ x, query, n, d }: Problem, heads: 1 | 2, omega: number, weights: Float64Array): void {
  for (let j = 0; j < n; j++) {
    let score = 0;
    for (let i = 0; i < d; i++) score += x[j * d + i]! * query[i]!;
    weights[j] = omega * score;
  }
  let [most, least] = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
  for (let j = 0; j < n; j++) {
    most = Math.max(most, weights[j]!);
    least = Math.min(least, weights[j]!);
  }
  let [up, down] = [0, 0];
  for (let j = 0; j < n; j++) {
    up += Math.exp(weights[j]! - most);
    down += Math.exp(least - weights[j]!);
  }
  for (let j = 0; j < n; j++) {
    const score = weights[j]!;
    weights[j] = Math.exp(score - most) / up - (heads === 2 ? Math.exp(least - score) / down : 0);
  }
}
