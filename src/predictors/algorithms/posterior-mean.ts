import { LeastSquares } from "../../math/least-squares.js";
import { linearMap } from "../../math/linear-map.js";
import type { Rows, Tuned } from "../../types.js";
import { algorithm } from "../algorithm.js";
import { dot, eachPrompt } from "../each-prompt.js";

interface Constants {
  /** The symmetric root W^(1/2) of the task's covariance. */
  readonly root: Rows;
  /** Standard deviation s of the label noise. */
  readonly noise: number;
}

/**
 * x_q . w_hat = (W^(1/2) x_q) . v_hat, with v_hat the least-squares solution of minimum norm on the rows of X W^(1/2)
 * stacked on s I.
 */
export function restore({ root, noise }: Constants): Tuned["predict"] {
  const whiten = linearMap(root);
  return eachPrompt(({ d, most }) => {
    const extra = noise > 0 ? d : 0;
    const leastSquares = new LeastSquares(most + extra, d);
    const [input, whitened] = [new Float64Array(d), new Float64Array(d)];
    return ({ x, y, query, n }) => {
      const rows = n + extra;
      for (let i = 0; i < n; i++) {
        for (let j = 0; j < d; j++) input[j] = x[i * d + j]!;
        whiten(input, whitened, 0);
        for (let j = 0; j < d; j++) leastSquares.x[j * rows + i] = whitened[j]!;
        leastSquares.y[i] = y[i]!;
      }
      for (let i = 0; i < extra; i++) {
        for (let j = 0; j < d; j++) leastSquares.x[j * rows + n + i] = i === j ? noise : 0;
        leastSquares.y[n + i] = 0;
      }
      const v = leastSquares.solve(rows);
      input.set(query);
      whiten(input, whitened, 0);
      return dot(whitened, v);
    };
  });
}

export const posteriorMean = algorithm(import.meta.url, restore);
