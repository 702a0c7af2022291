import type { LinearRegression } from "../laws/gaussian-linear.js";
import { linearMap } from "../math/linear-map.js";
import { preconditionerRisk } from "../theory/preconditioner-risk.js";
import type { Rows, Tuned } from "../types.js";
import { dot, eachPrompt, labelSum } from "./each-prompt.js";
import { readOff } from "./read-off.js";

/**
 * The predictor y = x_q^T A m, m = (1/n) sum_j y_j x_j, with the prompt's own n: one step of gradient descent from 0
 * on (1/2n) sum_j (w . x_j - y_j)^2, preconditioned by A. Its risk under any test law is formula (R).
 */
export function linearInLabels(preconditioner: Rows): Tuned<LinearRegression> {
  const precondition = linearMap(preconditioner);
  const moved = new Float64Array(preconditioner.length);
  return {
    predict: (prompts) =>
      eachPrompt(prompts, (problem) => {
        precondition(labelSum(problem), moved, 0);
        return dot(problem.query, moved) / problem.n;
      }),
    risk: (test, context) => readOff(preconditionerRisk, test, { preconditioner, context }),
  };
}
