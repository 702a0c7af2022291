import { linearMap } from "../../math/linear-map.js";
import type { Rows, Tuned } from "../../types.js";
import { algorithm } from "../algorithm.js";
import { dot, eachPrompt, labelSum } from "../each-prompt.js";

interface Constants {
  /** The d x d matrix A. */
  readonly preconditioner: Rows;
}

/** y = x_q^T A m with m = (1/n) sum_j y_j x_j. */
export function restore({ preconditioner }: Constants): Tuned["predict"] {
  const precondition = linearMap(preconditioner);
  return eachPrompt(({ d }) => {
    const [sum, moved] = [new Float64Array(d), new Float64Array(d)];
    return (problem) => {
      labelSum(problem, sum);
      precondition(sum, moved, 0);
      return dot(problem.query, moved) / problem.n;
    };
  });
}

export const preconditionedStep = algorithm(import.meta.url, restore);
