import type { Tuned } from "../../types.js";
import { algorithm } from "../algorithm.js";
import { dot, eachPrompt } from "../each-prompt.js";

interface Constants {
  /** Size g of every step, or null for 1 / |x_j|^2. */
  readonly step: number | null;
  /** Whether the mean of w_1, .., w_n answers, or w_n. */
  readonly averaged: boolean;
}

/** One pass over the pairs from 0, w <- w + g (y_j - w . x_j) x_j. A pair without inputs moves nothing. */
export function restore({ step, averaged }: Constants): Tuned["predict"] {
  return eachPrompt(({ d }) => {
    const [w, mean] = [new Float64Array(d), new Float64Array(d)];
    return ({ x, y, query, n }) => {
      w.fill(0);
      mean.fill(0);
      for (let j = 0; j < n; j++) {
        let [fitted, square] = [0, 0];
        for (let i = 0; i < d; i++) {
          const entry = x[j * d + i]!;
          fitted += w[i]! * entry;
          square += entry * entry;
        }
        const size = step ?? (square > 0 ? 1 / square : 0);
        const move = size * (y[j]! - fitted);
        for (let i = 0; i < d; i++) {
          w[i]! += move * x[j * d + i]!;
          mean[i]! += w[i]! / n;
        }
      }
      return dot(query, averaged ? mean : w);
    };
  });
}

export const onePass = algorithm(import.meta.url, restore);
