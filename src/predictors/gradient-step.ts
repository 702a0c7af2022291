import { z } from "zod";
import { type AnyRegression, hasStepMoments, regressionStep } from "../theory/step-moments.js";
import type { Predictor, Unit } from "../types.js";
import { oneStep } from "./linear-in-labels.js";

/**
 * One step of gradient descent from 0, y = g x_q . (1/n) sum_j y_j x_j, with the step g of least exact risk at the law
 * and context of training (or of the test, where it is `retuned`): a closed form, never a search over a grid.
 */
function gradientStep(retuned: boolean): Predictor<AnyRegression> {
  return {
    name: retuned ? "gradient-step-retuned" : "gradient-step",
    kind: "predictor",
    source: { paper: "von Oswald et al. 2023", where: "Proposition 1" },
    retuned,
    applies: hasStepMoments,
    tune: (population, context) => oneStep(population.features, regressionStep.value(population, { context })),
  };
}

/**
 * The gradient step as a study names it: tuned at one law and length, then asked at any.
 *
 * @example
 * import { linearRegressionLaw } from "iclab/laws/gaussian-linear";
 * import { keyOf } from "iclab/math/keys";
 * import gradientStep from "iclab/predictors/gradient-step";
 *
 * const law = linearRegressionLaw({ features: 3, noise: 0.5 });
 * const predictor = gradientStep.make(undefined, { features: 3, context: 8 });
 * const { predict, risk } = predictor.tune(law.population, 8);
 * predict(law.draw(keyOf(1), { from: 0, count: 2 }, 8)).shape; // [2]
 * const answer = risk(law.population, 8);
 * "value" in answer ? answer.value : answer.why; // 1.2908
 */
const unit: Unit<"retuned" | undefined, Predictor<AnyRegression>> = {
  name: "gradient-step",
  says: "one step of gradient descent with the best step for the training law (`retuned`: for the test law)",
  options: z.literal("retuned").optional(),
  make: (option) => gradientStep(option === "retuned"),
};

export default unit;
