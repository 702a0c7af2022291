import { identity, scaled } from "../math/matrix.js";
import { preconditionerRisk } from "../theory/preconditioner-risk.js";
import { type AnyRegression, isLinear, linearTwin, regressionStepRisk } from "../theory/step-moments.js";
import type { Rows, Tuned } from "../types.js";
import { preconditionedStep } from "./algorithms/preconditioned-step.js";
import { readOff } from "./read-off.js";

/**
 * The predictor y = x_q^T A m, m = (1/n) sum_j y_j x_j, with the prompt's own n: one step of gradient descent from 0
 * on (1/2n) sum_j (w . x_j - y_j)^2, preconditioned by A. Its risk under any test law of linear regression, or one with its
 * second moments, is formula (R).
 */
export function linearInLabels(preconditioner: Rows): Tuned<AnyRegression> {
  return {
    ...preconditionedStep({ preconditioner }),
    risk(test, context) {
      const linear = linearTwin(test, ["label-linear"]);
      if (linear) return readOff(preconditionerRisk, linear, { preconditioner, context });
      return { why: `the risk of a preconditioner under ${test.family} is known for multiples of I only` };
    },
  };
}

/** The same with A = g I, whose risk is known under any regression. */
export function oneStep(features: number, step: number): Tuned<AnyRegression> {
  const tuned = linearInLabels(scaled(identity(features), step));
  return {
    ...tuned,
    risk: (test, context) =>
      isLinear(test) ? tuned.risk(test, context) : readOff(regressionStepRisk, test, { step, context }),
  };
}
