import { type LinearRegression, linearRegressionLaw } from "../../src/laws/gaussian-linear.js";
import { keyOf } from "../../src/math/keys.js";
import { applied, identity, transpose } from "../../src/math/matrix.js";
import { solve } from "../../src/math/solve.js";
import debiasedGradientStep from "../../src/predictors/debiased-gradient-step.js";
import gradientDescent from "../../src/predictors/gradient-descent.js";
import gradientStep from "../../src/predictors/gradient-step.js";
import lsaOptimum from "../../src/predictors/lsa-optimum.js";
import ols from "../../src/predictors/ols.js";
import preconditionedGradientStep from "../../src/predictors/preconditioned-gradient-step.js";
import type ridge from "../../src/predictors/ridge.js";
import { optimalPreconditioner } from "../../src/theory/optimal-preconditioner.js";
import { optimalStep } from "../../src/theory/optimal-step.js";
import type { Rows } from "../../src/types.js";
import {
  each,
  expectSame,
  isotropic,
  normalEquations,
  population,
  site,
  skewed,
  skewedProblems,
  weights,
} from "../predicted-weights.js";
import { excessRisks, type Problems, sample } from "../regression-sampler.js";

const made = (unit: typeof ridge) => unit.make({}, site);
const oneStep = gradientStep.make(undefined, site);

describe("least squares", () => {
  const one = (x: Rows, y: readonly number[]): Problems => ({ x: [x], y: [y], w: [x[0]!.map(() => 0)] });

  test.each([
    [[[1, 2, 2]], [9], [1, 2, 2]],
    [
      [
        [1, 0],
        [1, 0],
      ],
      [1, 3],
      [2, 0],
    ],
    [[[0, 0]], [5], [0, 0]],
  ])("of X = %j, y = %j is w = %j, of minimum norm", (x, y, w) => {
    const found = weights(made(ols), population({ features: w.length }), 1, one(x, y));
    for (const [i, entry] of found[0]!.entries()) expect(entry).toBeCloseTo(w[i]!, 14);
  });

  test("solves the normal equations where they have one solution", () => {
    const problems = skewedProblems(0.5, 7);
    const expected = each(problems, (b) => {
      const { S, moment } = normalEquations(problems, b);
      return transpose(solve(S, transpose([moment])))[0]! as number[];
    });
    expectSame(weights(made(ols), skewed(0.5), 7, problems), expected, 1e-10);
  });
});

describe("one step", () => {
  const problems = skewedProblems(0.5, 6);
  // Uniform coordinates, so that A* is not symmetric.
  const law = skewed(0.5, { uniform: Math.sqrt(3) });
  const mean = (b: number) => normalEquations(problems, b).moment.map((entry) => entry / 6);

  test("is A (1/n) X^T y: A = A* where preconditioned and for the layer's optimum, g I otherwise", () => {
    const A = optimalPreconditioner.value(law, { context: 5 });
    expect(Math.abs(A[0]![1]! - A[1]![0]!)).toBeGreaterThan(0.01);
    const expected = each(problems, (b) => applied(A, mean(b)));
    expectSame(weights(made(preconditionedGradientStep), law, 5, problems), expected, 1e-14);
    expectSame(weights(made(lsaOptimum), law, 5, problems), expected, 1e-14);
    const step = optimalStep.value(law, { context: 5 });
    const plainly = each(problems, (b) => mean(b).map((entry) => step * entry));
    expectSame(weights(oneStep, law, 5, problems), plainly, 1e-14);
    expectSame(weights(gradientDescent.make(1, site), law, 5, problems), plainly, 1e-14);
  });

  test("on centred inputs divides by n - 1, with the best step of n - 1 pairs, also over mixed lengths", () => {
    const centred = (b: number) => {
      const [rows, y] = [problems.x[b]!, problems.y[b]!];
      const middle = [0, 1, 2, 3].map((i) => rows.reduce((total, row) => total + row[i]! / 6, 0));
      return middle.map((m, i) => rows.reduce((total, row, j) => total + ((row[i]! - m) * y[j]!) / 5, 0));
    };
    // Gains and squares of the lengths 0 to 6: those of 0 and 1 pairs are zero.
    const even = population({ features: 4, noise: 0.5 });
    const inverse = [1, 2, 3, 4, 5].map((k) => 1 + (4 + 1 + 0.25) / k);
    const mixed = 5 / inverse.reduce((total, square) => total + square, 0);
    for (const [trained, context, step] of [
      [skewed(0.5), 6, optimalStep.value(skewed(0.5), { context: 5 })],
      [even, 6, 1 / (1 + 5.25 / 5)],
      [even, { uniform: [0, 6] as const }, mixed],
      [even, 1, 0],
      [even, 0, 0],
    ] as const) {
      const expected = each(problems, (b) => centred(b).map((entry) => step * entry));
      const found = weights(made(debiasedGradientStep), trained, context, problems);
      expectSame(found, expected, step === 0 ? 0 : 1e-13);
    }
  });

  test("on centred inputs has risk 1.2 where the plain step has 1.1538462, and samples tell them apart in pairs", () => {
    const settings = { features: 5 };
    const five = population(settings);
    const [centred, direct] = [made(debiasedGradientStep), oneStep].map((predictor) => predictor.tune(five, 20));
    expect(centred!.risk(five, 20)).toMatchObject({ value: expect.closeTo(1.2, 12), kind: "exact" });
    expect(direct!.risk(five, 20)).toMatchObject({ value: expect.closeTo(1.153846153846, 12), kind: "exact" });
    const sampled = sample(isotropic(5), () => 20, 4000, 9);
    const lists = [made(debiasedGradientStep), oneStep].map((predictor) => weights(predictor, five, 20, sampled));
    const moments = excessRisks(sampled, lists, identity(5));
    const variance = moments.covarianceOfMeans(0, 0) + moments.covarianceOfMeans(1, 1);
    const paired = Math.sqrt(variance - 2 * moments.covarianceOfMeans(0, 1));
    const difference = moments.mean(0) - moments.mean(1);
    expect(Math.abs(difference - 0.0461538)).toBeLessThan(4 * paired);
    expect(difference).toBeGreaterThan(4 * paired);
  });
});

test("retuned and not: the step of the training law, whatever the test's", () => {
  const [train, other] = [population({ features: 4 }), population({ features: 4, noise: 2 })];
  const retuned = gradientStep.make("retuned", site);
  expect([retuned.name, retuned.retuned, oneStep.retuned]).toEqual(["gradient-step-retuned", true, false]);
  const prompts = linearRegressionLaw({ features: 4 }).draw(keyOf(1), { from: 0, count: 3 }, 6);
  const at = (law: LinearRegression) => [...retuned.tune(law, 6).predict(prompts).data];
  const ratio = optimalStep.value(other, { context: 6 }) / optimalStep.value(train, { context: 6 });
  for (const [i, prediction] of at(other).entries()) expect(prediction / at(train)[i]!).toBeCloseTo(ratio, 12);
});
