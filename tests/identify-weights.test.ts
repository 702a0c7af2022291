import { describe, expect, test } from "@jest/globals";
import { type Candidate, withGain } from "../src/identify/candidate.js";
import { layerPattern } from "../src/identify/layer-pattern.js";
import { preconditionerOf } from "../src/identify/preconditioner-of.js";
import { weightDistances } from "../src/identify/weight-distances.js";
import { linearRegressionLaw } from "../src/laws/gaussian-linear.js";
import { Draws } from "../src/math/draws.js";
import { keyOf } from "../src/math/keys.js";
import { identity, scaled, transpose } from "../src/math/matrix.js";
import { nd } from "../src/math/nd.js";
import { descentWeights } from "../src/mixers/descent-weights.js";
import linear from "../src/mixers/linear-attention.js";
import softmax from "../src/mixers/softmax-attention.js";
import stack from "../src/mixers/stack.js";
import debiased from "../src/predictors/debiased-gradient-step.js";
import descent from "../src/predictors/gradient-descent.js";
import step from "../src/predictors/gradient-step.js";
import preconditioned from "../src/predictors/preconditioned-gradient-step.js";
import { optimalPreconditioner } from "../src/theory/optimal-preconditioner.js";
import type { Rows, Weights } from "../src/types.js";

const [d, D, n] = [3, 4, 12];
const site = { features: d, context: n };
const covariance: Rows = [
  [1, 0.4, 0],
  [0.4, 0.7, 0.1],
  [0, 0.1, 0.3],
];
const { population } = linearRegressionLaw({ features: d, noise: 0.3, covariance });
const A = optimalPreconditioner.value(population, { context: n });
const candidates: Candidate[] = [
  step.make(undefined, site),
  preconditioned.make({}, site),
  debiased.make({}, site),
].map((predictor) => ({ name: predictor.name, predict: predictor.tune(population, n).predict }));
const normals = (seed: number, count: number, sd = 1) => {
  const draws = new Draws(keyOf(seed));
  return Float64Array.from({ length: count }, () => sd * draws.normal());
};
const norm = (values: ArrayLike<number>) => Math.sqrt(Array.from(values).reduce((sum, value) => sum + value ** 2, 0));

/** KQ with A^T in its x-block for all heads, OV the label's. */
function heads(blocks: readonly Rows[], mu: readonly number[]): Weights {
  const KQ = nd(["head", "key", "query"], [mu.length, D, D]);
  const OV = nd(["head", "token"], [mu.length, D]);
  blocks.forEach((block, h) => {
    for (let a = 0; a < d; a++) for (let b = 0; b < d; b++) KQ.data[(h * D + a) * D + b] = block[a]![b]!;
    OV.data[h * D + d] = mu[h]!;
  });
  return { KQ, OV };
}

test("the preconditioner of a step is read off its predictions; what is no step has none", () => {
  const [plain, best, centred] = candidates.map(({ predict }) => preconditionerOf(predict, d));
  const flat = (rows: Rows) => rows.flat();
  for (const [i, entry] of flat(best!).entries()) expect(entry).toBeCloseTo(flat(A)[i]!, 12);
  expect(plain![0]![1]).toBe(0);
  expect(plain![0]![0]).toBe(plain![2]![2]);
  expect(centred).toBeNull();
  // Two steps are nearly one step of twice the size while they are small, and still no such step.
  const two: Candidate = { name: "two", predict: descent.make(2, site).tune(population, n).predict };
  for (const gain of [1, 1e-4]) expect(preconditionerOf(withGain(two, gain).predict, d)).toBeNull();
});

describe("one layer of linear attention", () => {
  const mixer = (count: number) => linear.make(linear.options.parse({ heads: count }), site);
  const distance = (count: number, weights: Weights, name = "preconditioned-gradient-step") =>
    weightDistances(mixer(count), weights, candidates).find(({ optimum }) => optimum === name)!.distance;

  test("is at distance 0 from its optimum in any gauge, its heads in any order and number", () => {
    expect(distance(1, heads([scaled(transpose(A), -5)], [-0.2]))).toBeLessThan(1e-14);
    const split = [scaled(transpose(A), 0.25), scaled(transpose(A), 3)];
    expect(distance(2, heads(split, [1, 0.25]))).toBeLessThan(1e-14);
    expect(distance(2, heads([...split].reverse(), [0.25, 1]))).toBeLessThan(1e-14);
  });

  test("is farther by what was added to it, and far from the plain step", () => {
    const off = identity(d).map((row, i) => row.map((entry, j) => A[j]![i]! + 0.1 * entry));
    const expected = norm([0.1, 0.1, 0.1]) / norm(A.flat());
    expect(distance(1, heads([off], [1]))).toBeCloseTo(expected, 12);
    expect(distance(1, heads([transpose(A)], [1]), "gradient-step")).toBeGreaterThan(0.3);
    const optima = weightDistances(mixer(1), heads([transpose(A)], [1]), candidates).map(({ optimum }) => optimum);
    expect(optima).toEqual(["gradient-step", "preconditioned-gradient-step"]);
  });
});

describe("a stack", () => {
  const scalar = (value: number) => scaled(identity(d), value);
  const steps = [
    { step: scalar(0.5), inputs: scalar(0.4) },
    { step: scalar(1.5), inputs: scalar(-0.2) },
    { step: scalar(2) },
  ];
  const mixer = stack.make(stack.options.parse({ depth: 3, damping: 0.5 }), site);

  test("gives the steps and curvatures that it was made of, damping included, and is at distance 0 from GD++", () => {
    const weights = descentWeights(steps);
    const [descent, plusPlus] = weightDistances(mixer, weights, candidates);
    expect(plusPlus!.distance).toBeLessThan(1e-7);
    expect(plusPlus!.constants!.steps!.map((value) => value.toFixed(12))).toEqual(
      [0.25, 0.75, 1].map((value) => value.toFixed(12)),
    );
    expect(plusPlus!.constants!.curvatures!.map((value) => value.toFixed(12))).toEqual(
      [0.1, -0.15, 0].map((value) => value.toFixed(12)),
    );
    // |T|^2 is a^2 d / 2 of the steps and b^2 d (d + 1) / 2 of the curvatures.
    const [a, b] = [0.25 ** 2 + 0.75 ** 2 + 1, 0.1 ** 2 + 0.15 ** 2];
    expect(descent!.distance).toBeCloseTo(Math.sqrt((b * 6) / (a * 1.5 + b * 6)), 12);
  });

  test("is at the same distances in any gauge, with a head split in two, and with rubbish where nothing is read", () => {
    const draws = normals(3, 2 * 3 * D * D, 0.3);
    const KQ = nd(["layer", "head", "key", "query"], [3, 1, D, D], draws.slice(0, 3 * D * D));
    const PV = nd(["layer", "head", "out", "token"], [3, 1, D, D], draws.slice(3 * D * D));
    const expected = layerPattern({ KQ, PV });
    expect(expected.plusPlus).toBeGreaterThan(0.3);
    const split = (data: ArrayLike<number>, one: number, two: number) =>
      Float64Array.from(
        [0, 1, 2].flatMap((l) => {
          const layer = Array.from(data).slice(l * D * D, (l + 1) * D * D);
          return [...layer.map((entry) => one * entry), ...layer.map((entry) => two * entry)];
        }),
      );
    const rubbish = PV.data.map((entry, at) => (at >= 2 * D * D && at < 3 * D * D - D ? 100 : entry));
    const found = layerPattern({
      KQ: nd(["layer", "head", "key", "query"], [3, 2, D, D], split(KQ.data, 2, -0.5)),
      PV: nd(["layer", "head", "out", "token"], [3, 2, D, D], split(rubbish, 0.25, -1)),
    });
    expect(found.descent).toBeCloseTo(expected.descent, 12);
    expect(found.plusPlus).toBeCloseTo(expected.plusPlus, 12);
    for (const l of [0, 1, 2]) expect(found.steps[l]).toBeCloseTo(expected.steps[l]!, 12);
  });

  test("of softmax has no distances yet", () => {
    const other = stack.make(stack.options.parse({ depth: 2, layer: "softmax-attention" }), site);
    expect(weightDistances(other, other.init(keyOf(1), d), candidates)).toEqual([]);
  });
});

test("softmax heads give omega and mu, and how far they are from that form", () => {
  const mixer = softmax.make(softmax.options.parse({ heads: 2 }), site);
  const weights = heads([scaled(identity(d), 0.13), scaled(identity(d), -0.14)], [3.4, -3.5]);
  // The query's label is 0: column d of KQ is never read.
  for (let a = 0; a < D; a++) weights.KQ!.data[a * D + d] = 50;
  const [keys, values] = weightDistances(mixer, weights, candidates);
  expect(keys!.distance).toBeLessThan(1e-7);
  expect(values!.distance).toBe(0);
  expect(keys!.constants!.omega!.map((value) => value.toFixed(12))).toEqual(["0.130000000000", "-0.140000000000"]);
  expect(values!.constants).toEqual({ mu: [3.4, -3.5] });
  weights.KQ!.data[1] = 0.1;
  weights.OV!.data[0] = 0.5;
  const [off, offValues] = weightDistances(mixer, weights, candidates);
  expect(off!.distance).toBeCloseTo(0.1 / norm([0.13, 0.13, 0.13, 0.14, 0.14, 0.14, 0.1]), 12);
  expect(offValues!.distance).toBeCloseTo(0.5 / norm([3.4, 3.5, 0.5]), 12);
});
