import { linearRegressionLaw } from "../src/laws/gaussian-linear.js";
import { keyOf } from "../src/math/keys.js";
import { identity, scaled } from "../src/math/matrix.js";
import { Moments } from "../src/math/moments.js";
import { descentWeights } from "../src/mixers/descent-weights.js";
import stack from "../src/mixers/stack.js";
import type { Law, Mixer, Weights } from "../src/types.js";

export const site = { features: 4, context: 7 };
export const made = (options: object, at = site): Mixer => stack.make(stack.options.parse(options), at);

/** Mean squared error with its standard error. */
export function risk(mixer: Mixer, weights: Weights, of: Law, context: number, count = 4000) {
  const drawn = of.draw(keyOf(77), { from: 0, count }, context);
  const said = mixer.forward(weights, drawn).data;
  const moments = new Moments(1);
  for (let b = 0; b < count; b++) moments.add([(said[b]! - drawn.answer.data[b]!) ** 2]);
  return { mean: moments.mean(0), error: moments.standardError(0) };
}

export const isotropic = linearRegressionLaw({ features: 5 });
/** Weights of a stack whose layers take these steps, and move inputs by those. */
export const sizes = (steps: readonly number[], inputs: readonly number[] = []) =>
  descentWeights(
    steps.map((step, l) => ({
      step: scaled(identity(5), step),
      ...(inputs[l] && { inputs: scaled(identity(5), inputs[l]) }),
    })),
  );
