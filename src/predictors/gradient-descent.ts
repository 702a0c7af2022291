import { z } from "zod";
import { hasLabelMoments } from "../theory/label-moments.js";
import { type AnyRegression, hasStepMoments, labelRisk, linearTwin, regressionStep } from "../theory/step-moments.js";
import type { Predictor, Tuned, Unit } from "../types.js";
import { descent } from "./algorithms/descent.js";
import { bestDescentStep } from "./best-descent-step.js";
import { oneStep } from "./linear-in-labels.js";
import { readOff } from "./read-off.js";
import { degreesOfFreedom } from "./sampled-spectra.js";

/**
 * k steps of gradient descent from 0 on (1/2n) sum_j (w . x_j - y_j)^2, all of one size g: w <- w - g (S w - X^T y) / n.
 * One step has its best size in closed form, more have theirs by `bestDescentStep`.
 */
function gradientDescent(steps: number): Predictor<AnyRegression> {
  return {
    name: `gradient-descent-${steps}`,
    kind: "predictor",
    source: { paper: "von Oswald et al. 2023", where: "Section 3" },
    applies(population) {
      const linear = steps === 1 ? null : linearTwin(population);
      const moments = linear ? hasLabelMoments(linear) : hasStepMoments(population);
      if (moments !== true) return moments;
      if (steps === 1) return true;
      if (!linear)
        return `the best size of ${steps} steps is known for linear regression, not for ${population.family}`;
      const { kind, kurtosis } = linear.inputs;
      if (kind !== "student" || degreesOfFreedom(kurtosis) > 4 * steps) return true;
      return `${steps} steps have a finite mean risk for Student t inputs of nu > ${4 * steps} only`;
    },
    tune(population, context) {
      if (steps === 1) return oneStep(population.features, regressionStep.value(population, { context }));
      return manySteps(steps, bestDescentStep(linearTwin(population)!, context, steps));
    },
  };
}

function manySteps(steps: number, step: number): Tuned<AnyRegression> {
  return {
    ...descent({ steps, step }),
    risk: (test, context) =>
      context === 0
        ? readOff(labelRisk, test, {})
        : { why: "the risk of two or more gradient steps has no simple closed form; it is sampled" },
  };
}

const unit: Unit<number, Predictor<AnyRegression>> = {
  name: "gradient-descent",
  says: "this many steps of gradient descent with one best step size",
  options: z.int().min(1).max(10_000).describe("number of steps, 1 to 10000"),
  make: gradientDescent,
};

export default unit;
