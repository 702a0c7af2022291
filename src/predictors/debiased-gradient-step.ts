import { z } from "zod";
import { identity, scaled } from "../math/matrix.js";
import { hasLabelMoments } from "../theory/label-moments.js";
import { optimalStep } from "../theory/optimal-step.js";
import { preconditionerRisk } from "../theory/preconditioner-risk.js";
import { regressionOnly } from "../theory/regression-only.js";
import { type AnyRegression, linearTwin } from "../theory/step-moments.js";
import type { Lengths, Predictor, Unit } from "../types.js";
import { centredStep } from "./algorithms/centred-step.js";
import { readOffTwin } from "./read-off-twin.js";

/**
 * One step of gradient descent on centred inputs, the step that a pair of softmax heads makes:
 *
 *   y = g / (n - 1) x_q . (sum_j y_j x_j - (sum_j y_j) x_bar)
 *
 * Centring Gaussian inputs leaves a Wishart matrix of n - 1 degrees, so that this has the moments, the best g and the
 * risk of the plain step with n - 1 pairs. (The paper divides by n: its step is n / (n - 1) times this g.)
 */
const debiasedGradientStep: Predictor<AnyRegression> = {
  name: "debiased-gradient-step",
  kind: "predictor",
  source: { paper: "He, Pan, Chen, Yang 2025", where: "Section 4" },
  applies(population) {
    const linear = linearTwin(population);
    if (!linear) return regressionOnly(population);
    const moments = hasLabelMoments(linear);
    if (moments !== true) return moments;
    const { kind } = linear.inputs;
    return kind === "gaussian" || `centring is exact for Gaussian inputs, not for ${kind} ones`;
  },
  tune(population, context) {
    const step = optimalStep.value(linearTwin(population)!, { context: centredLengths(context) });
    return {
      ...centredStep({ step }),
      risk: (test, n) => {
        const preconditioner = scaled(identity(test.features), step);
        return readOffTwin(preconditionerRisk, test, { preconditioner, context: centredLengths(n) });
      },
    };
  },
};

/** Centring takes one pair from every length; no pairs become -1, which counts as none. */
function centredLengths(context: Lengths): Lengths {
  if (typeof context === "number") return context - 1;
  const [least, most] = context.uniform;
  return { uniform: [least - 1, most - 1] };
}

const unit: Unit<object, Predictor<AnyRegression>> = {
  name: "debiased-gradient-step",
  says: "one step of gradient descent on centred inputs, as a pair of softmax heads makes it",
  options: z.strictObject({}),
  make: () => debiasedGradientStep,
};

export default unit;
