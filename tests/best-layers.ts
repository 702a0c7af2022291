import { expect } from "@jest/globals";
import { identity, scaled } from "../src/math/matrix.js";
import { layeredDescent } from "../src/predictors/algorithms/layered-descent.js";
import { bestLayers, type Layers } from "../src/predictors/best-layers.js";
import { isotropic, population } from "./predicted-weights.js";
import { excessRisks, type Problems, sample, shownWeights } from "./regression-sampler.js";

export const free = (layers: number) => ({ layers, tied: false, curved: false });
export const shared = (layers: number) => ({ layers, tied: true, curved: true });
export const found = (problems: Problems, layers: Layers) => shownWeights(problems, layeredDescent(layers).predict);

const cube = { ...isotropic(10), root: scaled(identity(10), 1 / Math.sqrt(12)) };
/** Inputs uniform on [-1/2, 1/2], d = 10. */
const uniform = { ...cube, coordinate: (draws: { uniform(): number }) => Math.sqrt(12) * (draws.uniform() - 0.5) };

/** The best k untied steps at d = 5, n = 20 are these within 1 %, and have this risk. */
export function expectUntiedSteps(k: number, steps: readonly number[], risk: number): void {
  const layers = bestLayers(population({ features: 5 }), 20, free(k));
  for (const [i, step] of steps.entries()) expect(Math.abs(layers.steps[i]! / step - 1)).toBeLessThan(0.01);
  const problems = sample(isotropic(5), () => 20, 4000, 60 + k);
  const moments = excessRisks(problems, [found(problems, layers)], identity(5));
  expect(Math.abs(moments.mean(0) - risk)).toBeLessThan(4 * moments.standardError(0));
}

/** Of two shared layers of GD++ on n uniform pairs the first has gamma = b / n and the step within 2 %. */
export function expectCurvature(n: number, gamma: number, step: number): void {
  const { steps, curvatures } = bestLayers(population({ features: 10, inputs: { uniform: 0.5 } }), n, shared(2));
  expect(Math.abs(curvatures[0]! / n / gamma - 1)).toBeLessThan(0.02);
  expect(Math.abs(steps[0]! / step - 1)).toBeLessThan(0.02);
  expect(curvatures[1]).toBe(0);
}

/** Half of the mean squared error of the best layers on ten uniform pairs. */
export function expectHalfError(half: number, freedom: Parameters<typeof bestLayers>[2]): void {
  const layers = bestLayers(population({ features: 10, inputs: { uniform: 0.5 } }), 10, freedom);
  const problems = sample(uniform, () => 10, 2000, 71);
  const moments = excessRisks(problems, [found(problems, layers)], scaled(identity(10), 1 / 12));
  expect(Math.abs(moments.mean(0) / 2 - half)).toBeLessThan(4 * (moments.standardError(0) / 2));
}
