import { eigen } from "../../math/symmetric.js";
import type { Tuned } from "../../types.js";
import { algorithm } from "../algorithm.js";
import { dot, eachPrompt, gram, labelSum } from "../each-prompt.js";

interface Constants {
  readonly steps: number;
}

/**
 * Newton's iteration from M_0 = (2 / ||S||^2) S by its residual, direction by direction: with S = sum_i l_i v_i v_i^T
 *
 *   w = sum_i (1 - (1 - 2 l_i^2 / l_max^2)^(2^k)) / l_i (v_i . X^T y) v_i
 *
 * At the top 1 - 2 = -1 exactly. The recursion would be off by a rounding there, which it doubles every step, so that
 * after some fifty steps the direction is learned or lost by accident.
 */
export function restore({ steps }: Constants): Tuned["predict"] {
  return eachPrompt(({ d }) => {
    const S = new Float64Array(d * d);
    const sum = new Float64Array(d);
    return (problem) => {
      gram(problem, S);
      labelSum(problem, sum);
      const rows = Array.from({ length: d }, (_, i) => Array.from(S.subarray(i * d, (i + 1) * d)));
      const { values, vectors } = eigen(rows);
      const top = values.at(-1)!;
      let prediction = 0;
      for (const [i, value] of values.entries()) {
        // Directions within rounding of no input at all have no label to learn from.
        if (!(value > d * Number.EPSILON * top)) continue;
        const left = (1 - 2 * (value / top) ** 2) ** (2 ** steps);
        prediction += ((1 - left) / value) * dot(vectors[i]!, sum) * dot(vectors[i]!, problem.query);
      }
      return prediction;
    };
  });
}

export const newtonEdge = algorithm(import.meta.url, restore);
