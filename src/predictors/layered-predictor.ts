import { hasLabelMoments } from "../theory/label-moments.js";
import {
  type AnyRegression,
  hasStepMoments,
  labelRisk,
  linearTwin,
  regressionStep,
  regressionStepRisk,
} from "../theory/step-moments.js";
import type { Lengths, Predictor } from "../types.js";
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
): Predictor<AnyRegression> {
  const { layers, curved } = freedom;
  // The squared error is a polynomial of this degree in the inputs: p has degree 2 (1 + 3 + 9 + ...) in them.
  const degree = curved ? 2 * (3 ** layers - 1) : 4 * layers;
  return {
    name,
    kind: "predictor",
    source,
    applies(population) {
      const linear = layers === 1 ? null : linearTwin(population);
      const moments = linear ? hasLabelMoments(linear) : hasStepMoments(population);
      if (moments !== true) return moments;
      if (layers === 1) return true;
      if (!linear) return `the best ${layers} layers are known for linear regression, not for ${population.family}`;
      const { kind, kurtosis } = linear.inputs;
      if (kind !== "student" || degreesOfFreedom(kurtosis) > degree) return true;
      return `${layers} layers have a finite mean risk for Student t inputs of nu > ${degree} only`;
    },
    tune(population, context) {
      const found =
        layers === 1 ? oneLayer(population, context) : bestLayers(linearTwin(population)!, context, freedom);
      return {
        ...layeredDescent(found),
        risk(test, n) {
          if (n === 0) return readOff(labelRisk, test, {});
          if (layers > 1) return { why: "the risk of two or more layers has no simple closed form; it is sampled" };
          return readOff(regressionStepRisk, test, { step: found.steps[0]!, context: n });
        },
      };
    },
  };
}

function oneLayer(population: AnyRegression, context: Lengths): Layers {
  return { steps: [regressionStep.value(population, { context })], curvatures: [0] };
}
