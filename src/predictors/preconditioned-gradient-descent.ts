import { z } from "zod";
import type { LinearRegression } from "../laws/gaussian-linear.js";
import { product, scaled, sum, transpose } from "../math/matrix.js";
import { spectralMap, symmetricRoot } from "../math/symmetric.js";
import { hasLabelMoments } from "../theory/label-moments.js";
import { preconditionerRisk } from "../theory/preconditioner-risk.js";
import { regressionOnly } from "../theory/regression-only.js";
import { type AnyRegression, labelRisk, linearTwin, regressionStep } from "../theory/step-moments.js";
import type { Predictor, Rows, Unit } from "../types.js";
import { whitenedDescent } from "./algorithms/whitened-descent.js";
import { bestLayers } from "./best-layers.js";
import { readOff } from "./read-off.js";
import { degreesOfFreedom } from "./sampled-spectra.js";

/**
 * k steps of gradient descent from 0, preconditioned by the inverse covariance of the inputs, each of its own best size:
 *
 *   w <- w - a_k L^-1 (S w - X^T y) / n
 *
 * the stationary points of k linear-attention layers for tasks N(0, L^-1), whatever L. In whitened inputs L^(-1/2) x they
 * are plain steps, so that for such tasks the sizes are those of the isotropic law. Directions without inputs stay 0.
 * Source: Ahn, Cheng, Daneshmand, Sra 2023, Theorem 3.
 */
function preconditionedGradientDescent(steps: number): Predictor<AnyRegression> {
  return {
    name: `preconditioned-gradient-descent-${steps}`,
    kind: "predictor",
    source: { paper: "Ahn, Cheng, Daneshmand, Sra 2023", where: "Theorem 3" },
    applies(population) {
      const linear = linearTwin(population, ["label-linear"]);
      if (!linear) {
        const why = `the covariance of ${population.family} is not one for all prompts`;
        return "symmetric" in population ? why : regressionOnly(population);
      }
      const moments = hasLabelMoments(linear);
      if (moments !== true) return moments;
      const { kind, kurtosis } = linear.inputs;
      if (kind !== "student" || steps === 1 || degreesOfFreedom(kurtosis) > 4 * steps) return true;
      return `${steps} steps have a finite mean risk for Student t inputs of nu > ${4 * steps} only`;
    },
    tune(population, context) {
      const linear = linearTwin(population, ["label-linear"])!;
      const inverseRoot = spectralMap(linear.covariance, (value) => (value > 0 ? 1 / Math.sqrt(value) : 0));
      const even = whitened(linear, inverseRoot);
      const sizes =
        steps === 1
          ? [regressionStep.value(even, { context })]
          : bestLayers(even, context, { layers: steps, tied: false, curved: false }).steps;
      return {
        ...whitenedDescent({ inverseRoot, steps: sizes }),
        risk(test, n) {
          if (n === 0) return readOff(labelRisk, test, {});
          const seen = linearTwin(test, ["label-linear"]);
          if (steps > 1 || !seen)
            return {
              why: "the risk of preconditioned steps is known for one step of linear regression; it is sampled",
            };
          const preconditioner = scaled(product(inverseRoot, inverseRoot), sizes[0]!);
          return readOff(preconditionerRisk, seen, { preconditioner, context: n });
        },
      };
    },
  };
}

/** The population in the inputs L^(-1/2) x and the tasks L^(1/2) w. */
function whitened(population: LinearRegression, inverseRoot: Rows): LinearRegression {
  const { covariance, queryCovariance, taskCovariance } = population;
  return {
    ...population,
    covariance: congruent(inverseRoot, covariance),
    queryCovariance: congruent(inverseRoot, queryCovariance),
    taskCovariance: congruent(symmetricRoot(covariance), taskCovariance),
  };
}

/** R A R for symmetric R and A, exactly symmetric. */
function congruent(root: Rows, matrix: Rows): Rows {
  const turned = product(root, matrix, root);
  return scaled(sum(turned, transpose(turned)), 1 / 2);
}

const unit: Unit<number, Predictor<AnyRegression>> = {
  name: "preconditioned-gradient-descent",
  says: "this many steps of gradient descent preconditioned by the inputs' inverse covariance, each of its own best size",
  options: z.int().min(1).max(32).describe("number of steps, 1 to 32"),
  make: preconditionedGradientDescent,
};

export default unit;
