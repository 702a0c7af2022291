import { z } from "zod";
import type { LinearRegression } from "../laws/gaussian-linear.js";
import { identity, scaled } from "../math/matrix.js";
import { hasLabelMoments } from "../theory/label-moments.js";
import { optimalStep } from "../theory/optimal-step.js";
import type { Predictor, Unit } from "../types.js";
import { linearInLabels } from "./linear-in-labels.js";

/**
 * One step of gradient descent from 0, y = g x_q . (1/n) sum_j y_j x_j, with the step g of least exact risk at the law
 * and context of training (or of the test, where it is `retuned`): a closed form, never a search over a grid.
 */
function gradientStep(retuned: boolean): Predictor<LinearRegression> {
  return {
    name: retuned ? "gradient-step-retuned" : "gradient-step",
    kind: "predictor",
    source: { paper: "von Oswald et al. 2023", where: "Proposition 1" },
    retuned,
    applies: hasLabelMoments,
    tune: (population, context) =>
      linearInLabels(scaled(identity(population.features), optimalStep.value(population, { context }))),
  };
}

const unit: Unit<"retuned" | undefined, Predictor<LinearRegression>> = {
  name: "gradient-step",
  says: "one step of gradient descent with the best step for the training law (`retuned`: for the test law)",
  options: z.literal("retuned").optional(),
  make: (option) => gradientStep(option === "retuned"),
};

export default unit;
