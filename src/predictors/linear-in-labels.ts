import type { LinearRegression } from "../laws/gaussian-linear.js";
import { preconditionerRisk } from "../theory/preconditioner-risk.js";
import type { Rows, Tuned } from "../types.js";
import { preconditionedStep } from "./algorithms/preconditioned-step.js";
import { readOff } from "./read-off.js";

/**
 * The predictor y = x_q^T A m, m = (1/n) sum_j y_j x_j, with the prompt's own n: one step of gradient descent from 0
 * on (1/2n) sum_j (w . x_j - y_j)^2, preconditioned by A. Its risk under any test law is formula (R).
 */
export function linearInLabels(preconditioner: Rows): Tuned<LinearRegression> {
  return {
    ...preconditionedStep({ preconditioner }),
    risk: (test, context) => readOff(preconditionerRisk, test, { preconditioner, context }),
  };
}
