import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import tfjsCpu from "../src/backends/tfjs-cpu.js";
import { tensorGradient } from "../src/contracts/tensor-gradient.js";
import { linearRegressionLaw } from "../src/laws/gaussian-linear.js";
import { Draws } from "../src/math/draws.js";
import { foldIn, keyOf } from "../src/math/keys.js";
import { diagonal, identity, scaled } from "../src/math/matrix.js";
import { Moments } from "../src/math/moments.js";
import { nd } from "../src/math/nd.js";
import linearAttention from "../src/mixers/linear-attention.js";
import { gradientFlow } from "../src/theory/gradient-flow.js";
import { layerFlow } from "../src/theory/layer-flow.js";
import { layerGradient } from "../src/theory/layer-gradient.js";
import { layerRisk } from "../src/theory/layer-risk.js";
import { type FactoredWeights, factoredWeights, mergedWeights } from "../src/theory/layer-weights.js";
import { leastRisk } from "../src/theory/least-risk.js";
import { plateauTime } from "../src/theory/plateau-time.js";
import type { HeadProducts } from "../src/theory/query-forms.js";
import type { OpenTfjs, Prompts, Rows, Weights } from "../src/types.js";
import { inner } from "./regression-sampler.js";

let backend: OpenTfjs;
beforeAll(async () => {
  const opened = await tfjsCpu.open();
  if (typeof opened === "string") throw new Error(opened);
  backend = opened;
});
afterAll(() => backend.close());

const covariance: Rows = [
  [1.2, 0.4, 0.1],
  [0.4, 0.9, -0.2],
  [0.1, -0.2, 0.7],
];
const correlated = linearRegressionLaw({ features: 3, noise: 0.6, covariance });
const mixerOf = (weights: "merged" | "factored", heads: number, scale: number) =>
  linearAttention.make(linearAttention.options.parse({ heads, weights, init: { scale } }), { features: 3, context: 4 });

describe("the population gradient", () => {
  test.each([
    ["merged", 1],
    ["factored", 2],
  ] as const)("of %s weights is the mean of tfjs's gradients within 4 standard errors", async (form, heads) => {
    const mixer = mixerOf(form, heads, 0.5);
    const weights = mixer.init(keyOf(3), 3);
    const slope = layerGradient.value(correlated.population, { layer: mixer.products(weights), context: 4 });
    const exact: Weights =
      form === "merged" ? slope : factoredWeights.pulledBack(weights as unknown as FactoredWeights, slope);
    const expected = Object.keys(weights).flatMap((name) => Array.from(exact[name]!.data));
    const moments = new Moments(expected.length);
    for (let batch = 0; batch < 32; batch++) {
      const prompts = correlated.draw(foldIn(keyOf(17), batch), { from: 0, count: 256 }, 4);
      const gradients = await tensorGradient(backend.tf, mixer, weights, prompts);
      moments.add(gradients.flatMap((gradient) => Array.from(gradient)));
    }
    for (const [i, entry] of expected.entries())
      expect(Math.abs(moments.mean(i) - entry)).toBeLessThanOrEqual(4 * moments.standardError(i));
    // The errors are small enough to tell a gradient from none.
    expect(expected.filter((entry, i) => Math.abs(entry) > 4 * moments.standardError(i)).length).toBeGreaterThan(8);
  });
});

describe("the flow of all weights", () => {
  const times = [0, 0.5, 1, 2, 4, 8];

  test("from Zhang, Frei and Bartlett's start is their flow", () => {
    const direction = diagonal([0.6, 0.8, 0]);
    const sigma = 0.3;
    const start = { KQ: nd(["head", "key", "query"], [1, 4, 4]), OV: nd(["head", "token"], [1, 4]) };
    for (const i of [0, 1, 2]) start.KQ.data[i * 5] = sigma * direction[i]![i]!;
    start.OV.data[3] = sigma;
    const states = layerFlow(mergedWeights).value(correlated.population, { start, context: 4, times });
    const reduced = gradientFlow.value(correlated.population, { context: 4, sigma, direction, times });
    for (const [k, { weights, risk }] of states.entries()) {
      expect(Math.abs(weights.OV.data[3]! - reduced[k]!.u)).toBeLessThan(1e-8);
      expect(Math.abs(risk - (2 * reduced[k]!.loss + 0.36))).toBeLessThan(1e-8);
      for (const i of [0, 1, 2])
        for (const j of [0, 1, 2])
          expect(Math.abs(weights.KQ.data[i * 4 + j]! - reduced[k]!.U[i]![j]!)).toBeLessThan(1e-8);
    }
  });

  const accuracy = { relative: 1e-7, absolute: 1e-9 };
  const least = leastRisk.value(correlated.population, { context: 4 });
  const from = (seed: number) => mixerOf("merged", 1, 0.3).init(keyOf(seed), 3) as unknown as HeadProducts;

  test("from a random start it never raises the risk and ends at the optimum of the reduced block", () => {
    const at = { context: 4, times: [0, 1, 2, 4, 8, 30], accuracy, start: from(9) };
    const states = layerFlow(mergedWeights).value(correlated.population, at);
    for (const [k, { risk }] of states.slice(1).entries()) expect(risk).toBeLessThan(states[k]!.risk);
    expect(states.at(-1)!.risk / least - 1).toBeLessThan(1e-6);
    expect(states.at(-1)!.risk).toBeGreaterThan(least);
  });

  test("from another it settles where one direction is learned through the label's row of KQ, 31 % above the optimum", () => {
    const at = { context: 4, times: [30], accuracy, start: from(8) };
    const [state] = layerFlow(mergedWeights).value(correlated.population, at);
    const slope = layerGradient.value(correlated.population, { layer: state!.weights, context: 4 });
    expect(Math.hypot(...slope.KQ.data, ...slope.OV.data)).toBeLessThan(0.02);
    expect(state!.risk / least - 1).toBeGreaterThan(0.3);
    expect(Math.abs(state!.weights.OV.data[3]!)).toBeLessThan(0.01);
  });

  test("of factored weights moves their products by the chain rule, downhill", () => {
    const start = mixerOf("factored", 2, 0.4).init(keyOf(8), 3) as unknown as FactoredWeights;
    const h = 1e-5;
    const at = { context: 4, times: [0, h, 1], start };
    const [here, near, later] = layerFlow(factoredWeights).value(correlated.population, at);
    const gradient = layerGradient.value(correlated.population, { layer: factoredWeights.products(start), context: 4 });
    const slopes = factoredWeights.pulledBack(start, gradient);
    for (const name of ["K", "Q", "V", "P"] as const)
      for (const [i, slope] of slopes[name].data.entries()) {
        const moved = (near!.weights[name].data[i]! - here!.weights[name].data[i]!) / h;
        expect(Math.abs(moved + slope / 2)).toBeLessThan(1000 * h);
      }
    expect(later!.risk).toBeLessThan(near!.risk);
    expect(near!.risk).toBeLessThan(here!.risk);
  });

  test("a loss that is the mean squared error itself goes twice as fast", () => {
    const start = mixerOf("merged", 1, 0.2).init(keyOf(1), 3) as unknown as HeadProducts;
    const flow = layerFlow(mergedWeights);
    const [half] = flow.value(correlated.population, { start, context: 4, times: [2] });
    const [whole] = flow.value(correlated.population, { start, context: 4, times: [1], lossFactor: 1 });
    expect(Math.abs(half!.risk - whole!.risk)).toBeLessThan(1e-8);
  });
});

describe("the time on the plateau", () => {
  function randomStart(seed: number, heads: number, size: number): HeadProducts {
    const draws = new Draws(keyOf(seed));
    const entries = Float64Array.from({ length: heads * 20 }, () => size * draws.normal());
    return {
      KQ: nd(["head", "key", "query"], [heads, 4, 4], entries.slice(0, heads * 16)),
      OV: nd(["head", "token"], [heads, 4], entries.slice(heads * 16)),
    };
  }

  test("isotropic: is the closed form", () => {
    const { population } = linearRegressionLaw({ features: 3, noise: 0.5, covariance: scaled(identity(3), 0.8) });
    const start = randomStart(1, 2, 1e-3);
    const c0 = [0, 1].reduce((sum, h) => {
      const trace = [0, 5, 10].reduce((total, at) => total + start.KQ.data[16 * h + at]!, 0);
      return sum + (trace / Math.sqrt(3) + start.OV.data[4 * h + 3]!) ** 2 / 2;
    }, 0);
    const g = 0.8 * (1 + 4 / 6) + 0.25 / 6;
    const rate = Math.sqrt(3) * 0.64;
    for (const share of [0.1, 0.5, 0.9]) {
      const x = 1 - Math.sqrt(1 - share);
      const closed = Math.log((2 * Math.sqrt(3) * x) / ((1 - x) * g * c0)) / (2 * rate);
      expect(Math.abs(plateauTime.value(population, { start, context: 6, share }) - closed)).toBeLessThan(1e-7);
    }
  });

  test("is where the flow of all weights crosses, the closer the smaller the start", () => {
    const { population } = linearRegressionLaw({ features: 3, noise: 0.6, covariance: diagonal([1, 0.9, 0.8]) });
    const gaps = [1e-6, 1e-9].map((size) => {
      const start = randomStart(5, 2, size);
      expect(plateauTime.applies(population, { start, context: 4 })).toBe(true);
      const time = plateauTime.value(population, { start, context: 4 });
      const target = (2.7 + 0.36 + leastRisk.value(population, { context: 4 })) / 2;
      const h = 1e-3;
      const at = { start, context: 4, times: [time, time + h] };
      const [here, near] = layerFlow(mergedWeights).value(population, at);
      // How far in time the flow is from its crossing, by its own slope.
      return Math.abs(((here!.risk - target) * h) / (near!.risk - here!.risk)) / time;
    });
    expect(gaps[0]!).toBeLessThan(0.01);
    expect(gaps[1]!).toBeLessThan(gaps[0]! / 4);
  });

  /** One step of stochastic gradient descent on half of the mean squared error, in float64. */
  function descend({ KQ, OV }: HeadProducts, { x, y, query, answer }: Prompts, rate: number): void {
    const [batch, n, d] = x.shape;
    const D = d + 1;
    const slope = { KQ: new Float64Array(D * D), OV: new Float64Array(D) };
    for (let b = 0; b < batch; b++) {
      const q = query.data.subarray(b * d, (b + 1) * d);
      const key = new Float64Array(D);
      for (let a = 0; a < D; a++) for (let c = 0; c < d; c++) key[a]! += KQ.data[a * D + c]! * q[c]!;
      let prediction = 0;
      const written = new Float64Array(D);
      const read = new Float64Array(D);
      for (let j = 0; j < n; j++) {
        const token = [...x.data.subarray((b * n + j) * d, (b * n + j + 1) * d), y.data[b * n + j]!];
        const value = inner(token, OV.data);
        const score = inner(token, key);
        prediction += (value * score) / n;
        for (let a = 0; a < D; a++) {
          written[a]! += (value * token[a]!) / n;
          read[a]! += (score * token[a]!) / n;
        }
      }
      const error = (prediction - answer.data[b]!) / batch;
      for (let a = 0; a < D; a++) {
        slope.OV[a]! += error * read[a]!;
        for (let c = 0; c < d; c++) slope.KQ[a * D + c]! += error * written[a]! * q[c]!;
      }
    }
    for (const name of ["KQ", "OV"] as const)
      for (const [i, entry] of slope[name].entries()) (name === "KQ" ? KQ : OV).data[i]! -= rate * entry;
  }

  test("is the time at which trained layers leave it, steps times rate: within 4 standard errors over seeds", () => {
    const isotropic = linearRegressionLaw({ features: 3, noise: 0.5 });
    const rate = 0.05;
    const target = (3.25 + leastRisk.value(isotropic.population, { context: 6 })) / 2;
    const moments = new Moments(1);
    for (const seed of [1, 2, 3, 4, 5, 6]) {
      const layer = randomStart(seed, 1, 1e-3);
      const at = { start: layer, context: 6 };
      if (plateauTime.applies(isotropic.population, at) !== true) continue;
      const time = plateauTime.value(isotropic.population, at);
      let steps = 0;
      while (layerRisk.value(isotropic.population, { layer, context: 6 }) > target) {
        steps++;
        expect(steps).toBeLessThan((2 * time) / rate);
        descend(layer, isotropic.draw(foldIn(keyOf(100 + seed), steps), { from: 0, count: 64 }, 6), rate);
      }
      moments.add([(steps * rate) / time - 1]);
    }
    expect(moments.count).toBeGreaterThan(3);
    // A step of size rate grows by 1 + rate r instead of exp(rate r), r = sqrt(3): slower by half of rate r.
    const discrete = (rate * Math.sqrt(3)) / 2;
    expect(Math.abs(moments.mean(0) - discrete)).toBeLessThan(4 * moments.standardError(0));
    expect(moments.standardError(0)).toBeLessThan(0.06);
  });

  test("one direction, large starts and starts that stand still are declined", () => {
    const one = linearRegressionLaw({ features: 3, covariance: diagonal([1, 0, 0]) }).population;
    const at = (start: HeadProducts) => ({ start, context: 4 });
    expect(plateauTime.applies(one, at(randomStart(4, 1, 1e-3)))).toMatch(
      "the label's row of KQ leaves the plateau too",
    );
    expect(plateauTime.applies(correlated.population, at(randomStart(5, 2, 1e-4)))).toMatch("and 0.3 is allowed");
    expect(plateauTime.applies(correlated.population, at(randomStart(1, 1, 1)))).toMatch("is not small");
    expect(plateauTime.applies(correlated.population, at(randomStart(1, 1, 0)))).toMatch("stays where it is");
    expect(plateauTime.applies(correlated.population, { ...at(randomStart(1, 1, 1e-3)), share: 1 })).toMatch(
      "not by 1",
    );
  });
});
