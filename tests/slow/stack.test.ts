import { afterAll, beforeAll, expect, test } from "@jest/globals";
import type { OpenCpu } from "../../src/engine/cpu/backend.js";
import { layerPattern } from "../../src/identify/layer-pattern.js";
import { linearRegressionLaw } from "../../src/laws/gaussian-linear.js";
import { keyOf } from "../../src/math/keys.js";
import { identity, scaled } from "../../src/math/matrix.js";
import { Moments } from "../../src/math/moments.js";
import { descentWeights } from "../../src/mixers/descent-weights.js";
import stack from "../../src/mixers/stack.js";
import { bestDescentStep } from "../../src/predictors/best-descent-step.js";
import { bestLayers } from "../../src/predictors/best-layers.js";
import type { Law, Mixer, Weights } from "../../src/types.js";
import { openCpu, trained, trialOf } from "../engine-trials.js";

const site = { features: 4, context: 7 };
const made = (options: object, at = site): Mixer => stack.make(stack.options.parse(options), at);

/** Mean squared error with its standard error. */
function risk(mixer: Mixer, weights: Weights, of: Law, context: number, count = 4000) {
  const drawn = of.draw(keyOf(77), { from: 0, count }, context);
  const said = mixer.forward(weights, drawn).data;
  const moments = new Moments(1);
  for (let b = 0; b < count; b++) moments.add([(said[b]! - drawn.answer.data[b]!) ** 2]);
  return { mean: moments.mean(0), error: moments.standardError(0) };
}

const isotropic = linearRegressionLaw({ features: 5 });
const sizes = (steps: readonly number[], inputs: readonly number[] = []) =>
  descentWeights(
    steps.map((step, l) => ({
      step: scaled(identity(5), step),
      ...(inputs[l] && { inputs: scaled(identity(5), inputs[l]) }),
    })),
  );

let cpu: OpenCpu;
beforeAll(async () => {
  cpu = await openCpu(2);
});
afterAll(() => cpu?.close());

test("two looped layers learn GD++ with the constants of least risk, far below the best two steps of descent", async () => {
  const mixer = made({ depth: 2, tied: true, init: { scale: 0.1 } }, { features: 5, context: 20 });
  const schedule = { steps: 3000, batch: 256, rate: 0.02, clip: 1, decay: "cosine" } as const;
  const trial = trialOf({ mixer, law: isotropic, context: 20, key: keyOf(5) }, schedule);
  const { weights, status } = (await trained(cpu, [trial])).at(-1)!;
  expect(status).toBe("ok");
  const learned = risk(mixer, weights, isotropic, 20);
  const step = bestDescentStep(isotropic.population, 20, 2);
  expect(learned.mean).toBeLessThan(risk(mixer, sizes([step]), isotropic, 20).mean / 2);
  // A search over sampled spectra that has never seen the mixer.
  const best = bestLayers(isotropic.population, 20, { layers: 2, tied: true, curved: true });
  const { plusPlus, steps, curvatures } = layerPattern(mixer.layers!(weights));
  expect(plusPlus).toBeLessThan(0.03);
  expect(Math.abs(steps[0]! / best.steps[0]! - 1)).toBeLessThan(0.02);
  expect(Math.abs(curvatures[0]! / best.curvatures[0]! - 1)).toBeLessThan(0.03);
});
