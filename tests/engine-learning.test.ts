import { afterAll, beforeAll, expect, test } from "@jest/globals";
import type { OpenCpu } from "../src/engine/cpu/backend.js";
import { linearRegressionLaw } from "../src/laws/gaussian-linear.js";
import { keyOf } from "../src/math/keys.js";
import linear from "../src/mixers/linear-attention.js";
import type { Prompts } from "../src/types.js";
import { openCpu, trained, trialOf } from "./engine-trials.js";

let engine: OpenCpu;
beforeAll(async () => {
  engine = await openCpu(2);
});
afterAll(() => engine.close());

test("one layer reaches the exact optimum d (d + 1 + s2) / (n + d + 1 + s2) + s2, and no less", async () => {
  const [d, n, s2] = [2, 8, 0.25];
  const optimum = (d * (d + 1 + s2)) / (n + d + 1 + s2) + s2;
  expect(optimum).toBeCloseTo(0.827778, 6);
  const law = linearRegressionLaw({ features: d, noise: Math.sqrt(s2) });
  const mixer = linear.make(linear.options.parse({ init: { scale: 0.1 } }), { features: d, context: n });
  const trial = trialOf({ law, mixer, context: n }, { steps: 1000, batch: 2048, rate: 0.02, decay: "cosine" });
  const last = (await trained(engine, [trial])).at(-1)!;
  const fresh = law.draw(keyOf(7), { from: 0, count: 100_000 }, n);
  const squares = (predictions: ArrayLike<number>) =>
    Array.from(predictions, (prediction, b) => (prediction - fresh.answer.data[b]!) ** 2);
  const risks = squares(mixer.forward(last.weights, fresh).data);
  const best = squares(oneStep(fresh, 1 / (n + d + 1 + s2)));
  const [risk, excess] = [meanAndError(risks), meanAndError(risks.map((risk, b) => risk - best[b]!))];
  expect(Math.abs(risk.mean - optimum)).toBeLessThan(4 * risk.error);
  // Paired with the best step of descent, the excess is known hundreds of times better: within 0.1 % of the optimum.
  expect(excess.mean + 4 * excess.error).toBeLessThan(0.001 * optimum);
  expect(excess.mean).toBeGreaterThan(-4 * excess.error);
}, 30_000);

/** Predictions rate sum_j y_j (x_j . x_q): what no linear attention beats at rate 1 / (n + d + 1 + s2). */
function oneStep({ x, y, query }: Prompts, rate: number): number[] {
  const [batch, n, d] = x.shape;
  const product = (b: number, j: number) => {
    let sum = 0;
    for (let i = 0; i < d; i++) sum += x.data[(b * n + j) * d + i]! * query.data[b * d + i]!;
    return sum;
  };
  return Array.from({ length: batch }, (_, b) => {
    let sum = 0;
    for (let j = 0; j < n; j++) sum += y.data[b * n + j]! * product(b, j);
    return rate * sum;
  });
}

function meanAndError(values: readonly number[]): { mean: number; error: number } {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1);
  return { mean, error: Math.sqrt(variance / values.length) };
}
