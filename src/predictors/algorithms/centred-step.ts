import type { Tuned } from "../../types.js";
import { algorithm } from "../algorithm.js";
import { dot, eachPrompt, labelSum } from "../each-prompt.js";

interface Constants {
  /** Size g of the step. */
  readonly step: number;
}

/** y = (g / (n - 1)) x_q . sum_j y_j (x_j - mean x). With one pair the centred input is zero, and any step predicts 0. */
export function restore({ step }: Constants): Tuned["predict"] {
  return eachPrompt(({ d }) => {
    const sum = new Float64Array(d);
    return (problem) => {
      const { x, y, query, n } = problem;
      if (n === 1) return 0;
      let total = 0;
      for (let j = 0; j < n; j++) total += y[j]!;
      labelSum(problem, sum);
      for (let i = 0; i < d; i++) {
        let column = 0;
        for (let j = 0; j < n; j++) column += x[j * d + i]!;
        sum[i]! -= (total * column) / n;
      }
      return (step / (n - 1)) * dot(query, sum);
    };
  });
}

export const centredStep = algorithm(import.meta.url, restore);
