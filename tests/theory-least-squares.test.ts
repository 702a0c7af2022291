import { type LinearRegression, linearRegressionLaw, type Settings } from "../src/laws/gaussian-linear.js";
import { diagonal, identity, product, scaled, transpose } from "../src/math/matrix.js";
import { inverse } from "../src/math/solve.js";
import ols from "../src/predictors/ols.js";
import { leastSquaresRisk } from "../src/theory/least-squares-risk.js";
import type { Rows } from "../src/types.js";
import { excessRisks, sample, shownWeights } from "./regression-sampler.js";

const population = (settings: Settings) => linearRegressionLaw(settings).population;
const excess = (test: LinearRegression, context: number) => {
  expect(leastSquaresRisk.applies(test, { context })).toBe(true);
  return leastSquaresRisk.value(test, { context }) - test.noise ** 2;
};
const close = (a: number, b: number) => expect(Math.abs(a - b)).toBeLessThanOrEqual(16 * Number.EPSILON * Math.abs(b));

test.each([
  [5, 15.089],
  [10, 10.278],
  [25, 1.25],
  [40, 0.263],
])("d = 20, noise variance 0.25, n = %d: excess %d", (n, printed) => {
  expect(Number(excess(population({ features: 20, noise: 0.5 }), n).toFixed(3))).toBe(printed);
});

describe("two of four features are active", () => {
  const covariance = diagonal([1, 1, 0, 0]);

  test("without noise the excess is 1 with one pair and 0 from two on", () => {
    const clean = population({ features: 4, covariance });
    expect([1, 2, 3, 6, 8].map((n) => excess(clean, n))).toEqual([1, 0, 0, 0, 0]);
  });

  test("with noise it is infinite for n = 1, 2, 3, then s2 r / (n - r - 1) with r = 2", () => {
    const noisy = population({ features: 4, covariance, noise: 0.5 });
    expect([1, 2, 3].map((n) => excess(noisy, n))).toEqual([1, 1, 1].map(() => Number.POSITIVE_INFINITY));
    close(leastSquaresRisk.value(noisy, { context: 6 }), 5 / 12);
    close(leastSquaresRisk.value(noisy, { context: 8 }), 0.35);
  });
});

test("the edges of rank r: no pair predicts 0, r - 1 to r + 1 pairs have infinite risk with noise and none without", () => {
  for (const r of [1, 2, 5]) {
    const [noisy, clean] = [0.5, 0].map((noise) => population({ features: r, noise }));
    expect(excess(noisy!, 0)).toBe(r);
    for (const n of [r - 1, r, r + 1].filter((pairs) => pairs > 0)) {
      expect(excess(noisy!, n)).toBe(Number.POSITIVE_INFINITY);
      close(excess(clean!, n), Math.max(0, r - n));
    }
    close(excess(noisy!, r + 2), r / 4);
  }
  const nothing = population({ features: 2, noise: 0.5, covariance: scaled(identity(2), 0) });
  expect([0, 1, 5].map((n) => excess(nothing, n))).toEqual([0, 0, 0]);
});

describe("the formula is the sampled risk of the predictor", () => {
  const root: Rows = [
    [1, 0.4, 0, 0.1],
    [0.4, 0.8, -0.2, 0],
    [0, -0.2, 0.9, 0.3],
    [0.1, 0, 0.3, 0.7],
  ];
  // Far enough from n = r that squared errors have a variance, and so a standard error.
  const even = scaled(identity(8), 1.5);
  const flat = diagonal([1.5, 1.5, 1.5, 0, 1.5, 1.5, 1.5, 1.5]);
  test.each<[string, Rows, number, number]>([
    ["correlated inputs, n = 9", root, 9, 1],
    ["correlated inputs, n = 12, a query twice the size", root, 12, 2],
    ["isotropic inputs, n = 1", even, 1, 1],
    ["isotropic inputs, n = 3, a query three times the size", even, 3, 3],
    ["inputs of rank 7, n = 2", flat, 2, 1],
    ["inputs of rank 7, n = 12", flat, 12, 2],
  ])("%s", (_, B, n, queryScale) => {
    const covariance = product(B, B);
    const features = B.length;
    const taskRoot = diagonal([2, 1, 0.5, 0.1, 1, 0, 3, 0.2].slice(0, features));
    const settings = { features, noise: 0.4, covariance, taskCovariance: product(taskRoot, transpose(taskRoot)) };
    const law = linearRegressionLaw(settings).shifted({ queryScale });
    const problems = sample({ root: B, taskRoot, noise: 0.4 }, () => n, 5000, 60 + n);
    const { predict } = ols.make({}, { features, context: n }).tune(law.population, n);
    const moments = excessRisks(problems, [shownWeights(problems, predict)], law.population.queryCovariance);
    expect(Math.abs(moments.mean(0) - excess(law.population, n))).toBeLessThan(4 * moments.standardError(0));
  });
});

describe("what is not known is said", () => {
  const skewed = diagonal([1, 1, 0.25, 0.0625]);
  const foreign = { family: "autoregressive", noise: 1 } as unknown as LinearRegression;

  test.each<[string, LinearRegression, number, string]>([
    ["uniform inputs", population({ features: 4, inputs: { uniform: 1 } }), 9, "Gaussian inputs, not for uniform ones"],
    [
      "fewer pairs than anisotropic features",
      population({ features: 4, covariance: skewed }),
      2,
      "isotropic inputs only",
    ],
    ["one pair less, no noise", population({ features: 4, covariance: skewed }), 3, "3 pairs in 4 dimensions"],
    ["another family", foreign, 9, "not for autoregressive"],
    ["another family, no pairs", foreign, 0, "not for autoregressive"],
    [
      "a query of another shape",
      { ...population({ features: 4 }), queryCovariance: skewed },
      9,
      "the query has the covariance of the context, up to a factor",
    ],
  ])("%s", (_, test, context, sentence) => {
    expect(leastSquaresRisk.applies(test, { context })).toMatch(sentence);
  });

  test("no pairs are known for any inputs, and a divergence for any covariance", () => {
    expect(excess(population({ features: 4, inputs: { student: 3 } }), 0)).toBeCloseTo(4, 12);
    expect(excess(population({ features: 4, covariance: skewed, noise: 0.1 }), 3)).toBe(Number.POSITIVE_INFINITY);
    const inverted = { features: 4, covariance: skewed, taskCovariance: inverse(skewed) };
    close(excess(population({ ...inverted, noise: 0.1 }), 9), 0.01);
  });
});
