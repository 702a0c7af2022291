import type { Tuned } from "../../types.js";
import { algorithm } from "../algorithm.js";
import { apply, dot, eachPrompt, gram, labelSum } from "../each-prompt.js";

interface Constants {
  readonly steps: number;
  /** Size g of every step. */
  readonly step: number;
}

/** Steps of gradient descent from 0, w <- w - g (S w - X^T y) / n. */
export function restore({ steps, step }: Constants): Tuned["predict"] {
  return eachPrompt(({ d }) => {
    const S = new Float64Array(d * d);
    const [sum, w, slope] = [new Float64Array(d), new Float64Array(d), new Float64Array(d)];
    return (problem) => {
      gram(problem, S);
      labelSum(problem, sum);
      w.fill(0);
      for (let k = 0; k < steps; k++) {
        apply(S, w, slope);
        for (let i = 0; i < d; i++) w[i]! -= (step / problem.n) * (slope[i]! - sum[i]!);
      }
      return dot(problem.query, w);
    };
  });
}

export const descent = algorithm(import.meta.url, restore);
