import { afterAll, beforeAll, expect, test } from "@jest/globals";
import type { OpenCpu } from "../../src/engine/cpu/backend.js";
import { layerPattern } from "../../src/identify/layer-pattern.js";
import { keyOf } from "../../src/math/keys.js";
import { bestDescentStep } from "../../src/predictors/best-descent-step.js";
import { bestLayers } from "../../src/predictors/best-layers.js";
import { openCpu, trained, trialOf } from "../engine-trials.js";
import { isotropic, made, risk, sizes } from "../stacks.js";

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
