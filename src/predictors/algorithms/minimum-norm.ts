import { LeastSquares } from "../../math/least-squares.js";
import type { Tuned } from "../../types.js";
import { algorithm } from "../algorithm.js";
import { dot, eachPrompt } from "../each-prompt.js";

/** Least squares of minimum norm on the prompt's own pairs. */
export function restore(_: null): Tuned["predict"] {
  return eachPrompt(({ d, most }) => {
    const leastSquares = new LeastSquares(most, d);
    return ({ x, y, query, n }) => {
      for (let i = 0; i < n; i++) {
        leastSquares.y[i] = y[i]!;
        for (let j = 0; j < d; j++) leastSquares.x[j * n + i] = x[i * d + j]!;
      }
      return dot(query, leastSquares.solve(n));
    };
  });
}

export const minimumNorm = algorithm(import.meta.url, restore);
