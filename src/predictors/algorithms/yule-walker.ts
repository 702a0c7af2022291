import { toeplitz } from "../../math/autocovariance.js";
import { solve } from "../../math/solve.js";
import type { Tuned } from "../../types.js";
import { algorithm } from "../algorithm.js";
import { dot, eachPrompt } from "../each-prompt.js";
import { seriesValues } from "../series-values.js";

interface Constants {
  readonly window: number;
  /** Whether a sum of N - k products is divided by N. */
  readonly isBiased: boolean;
}

/** The prediction by coefficients that solve the Yule-Walker equations with the prompt's own autocovariances. */
export function restore({ window, isBiased }: Constants): Tuned["predict"] {
  return eachPrompt(({ most }) => {
    const values = new Float64Array(window + most);
    return (problem) => {
      const count = seriesValues(problem, window, values);
      const c = Array.from({ length: window + 1 }, (_, k) => {
        const products = count - k;
        const sum = dot(values.subarray(0, products), values.subarray(k, count));
        return sum / (isBiased ? count : products);
      });
      if (c[0] === 0) return 0;
      const right = Array.from({ length: window }, (_, k) => [c[k + 1]!]);
      const rho = solve(toeplitz(c, window), right);
      let prediction = 0;
      for (let j = 0; j < window; j++) prediction += rho[j]![0]! * problem.query[window - 1 - j]!;
      return prediction;
    };
  });
}

export const yuleWalkerFit = algorithm(import.meta.url, restore);
