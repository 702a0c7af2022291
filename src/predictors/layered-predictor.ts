import type { LinearRegression } from "../laws/gaussian-linear.js";
import { identity, scaled } from "../math/matrix.js";
import { hasLabelMoments } from "../theory/label-moments.js";
import { optimalStep } from "../theory/optimal-step.js";
import { preconditionerRisk } from "../theory/preconditioner-risk.js";
import { priorRisk } from "../theory/prior-risk.js";
import type { Predictor } from "../types.js";
import { layeredDescent } from "./algorithms/layered-descent.js";
import { bestLayers, type Freedom, type Layers } from "./best-layers.js";
import { readOff } from "./read-off.js";
import { degreesOfFreedom } from "./sampled-spectra.js";

/**
 * K layers of gradient descent with the steps (and curvatures) of least risk at the law and context of training, as
 * `bestLayers` finds them; one layer is one step and has its size and its risk in closed form.
 */
export function layeredPredictor(
  name: string,
  freedom: Freedom,
  source: Predictor["source"],
): Predictor<LinearRegression> {
  const { layers, curved } = freedom;
  // The squared error is a polynomial of this degree in the inputs: p has degree 2 (1 + 3 + 9 + ...) in them.
  const degree = curved ? 2 * (3 ** layers - 1) : 4 * layers;
  return {
    name,
    kind: "predictor",
    source,
    applies(population) {
      const moments = hasLabelMoments(population);
      if (moments !== true) return moments;
      const { kind, kurtosis } = population.inputs;
      if (kind !== "student" || degreesOfFreedom(kurtosis) > degree) return true;
      return `${layers} layers have a finite mean risk for Student t inputs of nu > ${degree} only`;
    },
    tune(population, context) {
      const found = layers === 1 ? oneLayer(population, context) : bestLayers(population, context, freedom);
      return {
        ...layeredDescent(found),
        risk(test, n) {
          if (n === 0) return readOff(priorRisk, test, {});
          if (layers > 1) return { why: "the risk of two or more layers has no simple closed form; it is sampled" };
          const preconditioner = scaled(identity(test.features), found.steps[0]!);
          return readOff(preconditionerRisk, test, { preconditioner, context: n });
        },
      };
    },
  };
}

const oneLayer = (...[population, context]: Parameters<Predictor<LinearRegression>["tune"]>): Layers => ({
  steps: [optimalStep.value(population, { context })],
  curvatures: [0],
});
