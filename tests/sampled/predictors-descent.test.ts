import type { LinearRegression } from "../../src/laws/gaussian-linear.js";
import type { Draws } from "../../src/math/draws.js";
import { identity, scaled } from "../../src/math/matrix.js";
import { minimum } from "../../src/math/minimum.js";
import { bestDescentStep } from "../../src/predictors/best-descent-step.js";
import { gaussianRadius } from "../../src/predictors/gaussian-radius.js";
import gradientDescent from "../../src/predictors/gradient-descent.js";
import { degreesOfFreedom } from "../../src/predictors/sampled-spectra.js";
import { optimalStep } from "../../src/theory/optimal-step.js";
import type { Lengths } from "../../src/types.js";
import { expectSame, isotropic, population, site, skewed, skewedProblems, weights } from "../predicted-weights.js";
import { descended, excessRisks, sample } from "../regression-sampler.js";

describe("the tuned step", () => {
  test.each<[string, LinearRegression, Lengths]>([
    ["Gaussian", skewed(0.5), 6],
    ["uniform over mixed lengths", skewed(0.5, { uniform: 1 }), { uniform: [1, 5] }],
  ])("of one step is the closed form within the error of 500 prompts: %s", (_, law, context) => {
    const exact = optimalStep.value(law, { context });
    // Three standard errors of 500 prompts, 4 % each for one to five pairs, and 1 % for the smoothed size.
    expect(Math.abs(bestDescentStep(law, context, 1) / exact - 1)).toBeLessThan(0.13);
  });

  const cube = { ...isotropic(10), root: scaled(identity(10), 1 / Math.sqrt(12)) };
  const uniform = { ...cube, coordinate: (draws: { uniform(): number }) => Math.sqrt(12) * (draws.uniform() - 0.5) };

  /** Half of the mean squared error of the best shared step, from 40,000 tasks of another program. */
  test.each([
    [1, 0.20623, 6.0606],
    [2, 0.1566, undefined],
    [5, 0.1083, 5.58],
  ])(
    "inputs U(-1/2, 1/2), d = n = 10: %d steps have half-error %d, as good as the best known step",
    (k, half, known) => {
      const law = population({ features: 10, inputs: { uniform: 0.5 } });
      const problems = sample(uniform, () => 10, 2000, 40 + k);
      const own = weights(gradientDescent.make(k, site), law, 10, problems);
      const lists = known === undefined ? [own] : [own, descended(problems, k, known)];
      const moments = excessRisks(problems, lists, scaled(identity(10), 1 / 12));
      expect(Math.abs(moments.mean(0) / 2 - half)).toBeLessThan(4 * (moments.standardError(0) / 2));
      if (known === undefined) return;
      const variance = moments.covarianceOfMeans(0, 0) + moments.covarianceOfMeans(1, 1);
      const paired = Math.sqrt(variance - 2 * moments.covarianceOfMeans(0, 1));
      expect(moments.mean(0) - moments.mean(1)).toBeLessThan(3 * paired);
    },
  );

  test.each<[string, LinearRegression, Lengths, number]>([
    ["few pairs", population({ features: 4, noise: 0.5 }), 5, 3],
    ["mixed lengths", population({ features: 4, noise: 0.5 }), { uniform: [3, 9] }, 2],
  ])("is the best: a third more and a quarter less are worse on other prompts, %s", (_, law, context, k) => {
    const [from, to] = typeof context === "number" ? [context, context] : context.uniform;
    const problems = sample(isotropic(4, law.noise), (b) => from + (b % (to - from + 1)), 4000, 8);
    const step = bestDescentStep(law, context, k);
    const lists = [1, 4 / 3, 3 / 4].map((factor) => descended(problems, k, factor * step));
    const moments = excessRisks(problems, lists, identity(4));
    expect(moments.mean(1)).toBeGreaterThan(moments.mean(0));
    expect(moments.mean(2)).toBeGreaterThan(moments.mean(0));
  });

  test.each([
    [2, 2],
    [2, 20],
    [2, 400],
    [40, 100],
  ])("of one feature and %d pairs is exact, far into the tail that decides it: %d steps", (n, k) => {
    // log E (1 - g r / n)^(2 k), r chi-square of n degrees, by the trapezoidal rule in log r.
    const logRisk = (g: number) => {
      const logs = Array.from({ length: 5000 }, (_, at) => {
        const r = Math.exp(at / 200 - 12);
        return 2 * k * Math.log(Math.abs(1 - (g * r) / n)) + (n / 2) * Math.log(r) - r / 2;
      });
      const most = Math.max(...logs);
      return most + Math.log(logs.reduce((total, log) => total + Math.exp(log - most), 0));
    };
    const step = bestDescentStep(population({ features: 1 }), n, k);
    const exact = minimum(logRisk, step / 1.3, 1.3 * step).x;
    // The root of the accuracy of the risk, 1e-9, as it is flat at its minimum.
    expect(Math.abs(step / exact - 1)).toBeLessThan(4e-5);
  });

  // 20,000 prompts of either bounded kind, 8,000 Gaussian ones, and 40 steps: `tests/slow/predictors-descent.test.ts`.
  test("of uniform inputs keeps prompts in mind that are larger than any it was tuned on", () => {
    const law = population({ features: 5, inputs: { uniform: Math.sqrt(3) } });
    const coordinate = (draws: Draws) => Math.sqrt(12) * (draws.uniform() - 0.5);
    const problems = sample({ ...isotropic(5), coordinate }, () => 7, 4000, 5);
    const lists = [5, 20].map((k) => descended(problems, k, bestDescentStep(law, 7, k)));
    const moments = excessRisks(problems, lists, identity(5));
    expect(moments.mean(0)).toBeLessThan(2);
    expect(moments.mean(1)).toBeLessThan(moments.mean(0));
  });

  test("is 0 where nothing is seen", () => {
    expect(bestDescentStep(population({ features: 4 }), 0, 3)).toBe(0);
    expect(bestDescentStep(population({ features: 4, covariance: scaled(identity(4), 0) }), 6, 3)).toBe(0);
  });
});

test("k steps are those of the tuned size on each prompt's own pairs", () => {
  const problems = skewedProblems(0.5, 6);
  for (const k of [2, 7]) {
    const expected = descended(problems, k, bestDescentStep(skewed(0.5), 6, k));
    expectSame(weights(gradientDescent.make(k, site), skewed(0.5), 6, problems), expected, 1e-12);
  }
});

test("Student t inputs have a risk after k steps for nu > 4 k, and are declined otherwise", () => {
  const heavy = (student: number) => population({ features: 4, inputs: { student } });
  expect([9, 20, 4.5].map((nu) => degreesOfFreedom(heavy(nu).inputs.kurtosis))).toEqual([9, 20, 4.5]);
  expect(gradientDescent.make(2, site).applies(heavy(9))).toBe(true);
  expect(gradientDescent.make(2, site).applies(heavy(7.5))).toBe(
    "2 steps have a finite mean risk for Student t inputs of nu > 8 only",
  );
  expect(gradientDescent.make(1, site).applies(heavy(5))).toBe(true);
  expect(gradientDescent.make(1, site).applies(heavy(4))).toMatch("no fourth moment");
});

test("the squared radius of Gaussian inputs has the moments of chi-square, m (m + 2) (m + 4) ..., to 1e-8", () => {
  for (const m of [1, 2, 25, 400])
    for (const degree of [1, 4, 40]) {
      const { values, rootWeights } = gaussianRadius(m, degree);
      const moment = (power: number) =>
        values.reduce((total, value, q) => total + (rootWeights[q]! * value ** (power / degree)) ** degree, 0);
      expect(Math.abs(moment(0) - 1)).toBeLessThan(1e-12);
      let exact = 1;
      for (let i = 0; i < degree; i++) exact *= m + 2 * i;
      expect(Math.abs(moment(degree) / exact - 1)).toBeLessThan(1e-8);
    }
});
