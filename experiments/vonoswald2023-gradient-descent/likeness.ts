import { agreement } from "../../src/evaluation/agreement.js";
import { effectivePreconditioner, weightDistance } from "../../src/evaluation/effective-weights.js";
import type { LinearRegression } from "../../src/laws/gaussian-linear.js";
import { scaled, trace } from "../../src/math/matrix.js";
import { optimalPreconditioner } from "../../src/theory/optimal-preconditioner.js";
import type { Mixer, Predictor, Prompts, Row, Snapshot } from "../../src/types.js";
import { type LayerCell, lawOf } from "./cells.js";
import { FEATURES } from "./laws.js";

/**
 * The paper's three measures of alignment with one step of gradient descent on given prompts (Section 3: difference of
 * the predictions, cosine and difference of the sensitivities dy/dx_query), and two of the weights themselves:
 * their relative distance from the predicted ones up to gauge, and the step that they make, tr(A) / d.
 */
export function likeness(
  cell: LayerCell,
  mixer: Mixer,
  { weights }: Snapshot,
  step: Predictor<LinearRegression>,
  prompts: Prompts,
): Row {
  const { population } = lawOf(cell);
  const { context } = cell;
  const tuned = step.tune(population, context);
  const found = agreement(
    (asked) => mixer.forward(weights, asked),
    (asked) => tuned.predict(asked),
    prompts,
  );
  const products = mixer.products(weights);
  // The layer sums over pairs without dividing by n: its preconditioner is A / n.
  const predicted = scaled(optimalPreconditioner.value(population, { context }), 1 / context);
  return {
    "distance.gradient-step": found.distance.mean,
    "distanceError.gradient-step": found.distance.standardError,
    // No angle where every prediction of the layer is 0.
    "cosine.gradient-step": found.angles > 0 ? found.cosine.mean : null,
    "cosineError.gradient-step": found.angles > 1 ? found.cosine.standardError : null,
    "sensitivityDistance.gradient-step": found.sensitivityDistance.mean,
    weightDistance: weightDistance(products, predicted),
    effectiveStep: (trace(effectivePreconditioner(products)) * context) / FEATURES,
  };
}
