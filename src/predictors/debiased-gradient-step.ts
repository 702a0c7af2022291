import { z } from "zod";
import type { LinearRegression } from "../laws/gaussian-linear.js";
import { identity, scaled } from "../math/matrix.js";
import { hasLabelMoments } from "../theory/label-moments.js";
import { optimalStep } from "../theory/optimal-step.js";
import { preconditionerRisk } from "../theory/preconditioner-risk.js";
import type { Lengths, Predictor, Unit } from "../types.js";
import { centredStep } from "./algorithms/centred-step.js";
import { readOff } from "./read-off.js";

/**
 * One step of gradient descent on centred inputs, the step that a pair of softmax heads makes:
 *
 *   y = g / (n - 1) x_q . (sum_j y_j x_j - (sum_j y_j) x_bar)
 *
 * Centring Gaussian inputs leaves a Wishart matrix of n - 1 degrees, so that this has the moments, the best g and the
 * risk of the plain step with n - 1 pairs. (The paper divides by n: its step is n / (n - 1) times this g.)
 */
const debiasedGradientStep: Predictor<LinearRegression> = {
  name: "debiased-gradient-step",
  kind: "predictor",
  source: { paper: "He, Pan, Chen, Yang 2025", where: "Section 4" },
  applies(population) {
    const moments = hasLabelMoments(population);
    if (moments !== true) return moments;
    return (
      population.inputs.kind === "gaussian" ||
      `centring is exact for Gaussian inputs, not for ${population.inputs.kind} ones`
    );
  },
  tune(population, context) {
    const step = optimalStep.value(population, { context: centredLengths(context) });
    return {
      ...centredStep({ step }),
      risk: (test, n) => {
        const preconditioner = scaled(identity(test.features), step);
        return readOff(preconditionerRisk, test, { preconditioner, context: centredLengths(n) });
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

const unit: Unit<object, Predictor<LinearRegression>> = {
  name: "debiased-gradient-step",
  says: "one step of gradient descent on centred inputs, as a pair of softmax heads makes it",
  options: z.strictObject({}),
  make: () => debiasedGradientStep,
};

export default unit;
