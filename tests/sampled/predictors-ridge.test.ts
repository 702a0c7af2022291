import type { LinearRegression } from "../../src/laws/gaussian-linear.js";
import { applied, diagonal, identity, product, scaled, sum, trace, transpose } from "../../src/math/matrix.js";
import { solve } from "../../src/math/solve.js";
import debiasedGradientStep from "../../src/predictors/debiased-gradient-step.js";
import gradientDescent from "../../src/predictors/gradient-descent.js";
import gradientStep from "../../src/predictors/gradient-step.js";
import lsaOptimum from "../../src/predictors/lsa-optimum.js";
import newton from "../../src/predictors/newton.js";
import ols from "../../src/predictors/ols.js";
import ridge from "../../src/predictors/ridge.js";
import zero from "../../src/predictors/zero.js";
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
import { excessRisks, type Regression, sample } from "../regression-sampler.js";

const bayes = ridge.make({}, site);
const leastSquares = ols.make({}, site);

describe("ridge", () => {
  test.each([2, 4, 9])("is (X^T X + s2 W^-1)^-1 X^T y, n = %d", (n) => {
    const problems = skewedProblems(0.6, n);
    const law = skewed(0.6);
    const expected = each(problems, (b) => {
      const { S, moment } = normalEquations(problems, b);
      // (W S + s2 I)^-1 W X^T y needs no inverse of W.
      const W = law.taskCovariance;
      const left = sum(product(W, S), scaled(identity(4), 0.36));
      return transpose(solve(left, transpose([applied(W, moment)])))[0]! as number[];
    });
    expectSame(weights(bayes, law, n, problems), expected, 1e-11);
  });

  test("without noise is least squares for isotropic tasks, and of least prior norm for others", () => {
    for (const n of [2, 4, 6]) {
      const problems = sample(isotropic(4), () => n, 30, n);
      const law = population({ features: 4 });
      expectSame(weights(bayes, law, n, problems), weights(leastSquares, law, n, problems), 1e-10);
    }
    const problems = skewedProblems(0, 2);
    const W = skewed(0).taskCovariance;
    const expected = each(problems, (b) => {
      const X = problems.x[b]!;
      const lambda = solve(product(X, W, transpose(X)), transpose([problems.y[b]!]));
      return product(W, transpose(X), lambda).map(([entry]) => entry!);
    });
    expectSame(weights(bayes, skewed(0), 2, problems), expected, 1e-10);
  });

  test("tasks of singular covariance stay in their range", () => {
    const law = population({ features: 4, noise: 0.3, taskCovariance: diagonal([1, 0, 2, 0]) });
    const problems = sample({ ...isotropic(4, 0.3), taskRoot: diagonal([1, 0, Math.SQRT2, 0]) }, () => 6, 20, 1);
    for (const found of weights(bayes, law, 6, problems)) expect([found[1], found[3]]).toEqual([0, 0]);
  });

  /** Risks that another program computed from 2e5 samples and more: d = 5, with the noise of the query's label. Other
   *  noise: `tests/slow/predictors-ridge.test.ts`. */
  test.each([[0.25, [1.38899, 0.51649, 0.33697, 0.28642, 0.26682]]])(
    "noise variance %d has the known risks at n = 5, 10, 20, 40, 80",
    (variance, risks) => {
      const noise = Math.sqrt(variance);
      const law = population({ features: 5, noise });
      for (const [i, n] of [5, 10, 20, 40, 80].entries()) {
        const problems = sample(isotropic(5, noise), () => n, i < 2 ? 2000 : 600, n);
        const moments = excessRisks(problems, [weights(bayes, law, n, problems)], identity(5));
        const gap = moments.mean(0) + variance - risks[i]!;
        expect(Math.abs(gap)).toBeLessThan(4 * moments.standardError(0));
      }
    },
  );

  test.each([1, 4, 12])("is beaten by no other predictor, and beats each of them, n = %d", (n) => {
    const law = skewed(0.6);
    const problems = skewedProblems(0.6, n, 3000);
    const others = [
      ...[zero, lsaOptimum, debiasedGradientStep].map((unit) => unit.make({}, site)),
      ...[
        gradientStep.make(undefined, site),
        gradientDescent.make(3, site),
        newton.make(3, site),
        newton.make(8, site),
      ],
      // With n near d the squared errors of least squares have no mean.
      ...(n === 4 ? [] : [leastSquares]),
    ];
    const lists = [bayes, ...others].map((predictor) => weights(predictor, law, n, problems));
    const moments = excessRisks(problems, lists, law.queryCovariance);
    for (const i of others.keys()) {
      const difference = moments.mean(i + 1) - moments.mean(0);
      const [a, b, c] = [moments.covarianceOfMeans(0, 0), moments.covarianceOfMeans(i + 1, i + 1), i + 1];
      expect(difference).toBeGreaterThan(2 * Math.sqrt(a + b - 2 * moments.covarianceOfMeans(0, c)));
    }
  });

  /** Mean excess of the predictor tuned without noise at `law`, over problems that `drawn` makes, and its error. */
  function projected(law: LinearRegression, drawn: Regression, n: number) {
    const problems = sample(drawn, () => n, 8000, 70 + n);
    const query = product(drawn.root, drawn.root);
    const moments = excessRisks(problems, [weights(bayes, law, n, problems)], query);
    return { mean: moments.mean(0), error: moments.standardError(0) };
  }
  const riskOf = (law: LinearRegression, test: LinearRegression, n: number) => bayes.tune(law, 5).risk(test, n);

  test("without noise has an exact risk: what a projection misses, for isotropic tasks that of least squares", () => {
    const flat = population({ features: 4, covariance: diagonal([1, 1, 0, 0]) });
    const noisy = { ...flat, noise: 0.5 };
    for (const test of [flat, noisy, population({ features: 4 })])
      for (const n of [1, 2, 3, 6, 8])
        expect(riskOf(population({ features: 4 }), test, n)).toEqual(leastSquares.tune(test, 5).risk(test, n));
    expect([1, 2, 6].map((n) => riskOf(flat, flat, n))).toMatchObject([{ value: 1 }, { value: 0 }, { value: 0 }]);
  });

  test("without noise and tasks of the inverse covariance misses (1 - n / d) d, and samples agree", () => {
    const root = [
      [1, 0.4, 0],
      [0.4, 0.8, -0.2],
      [0, -0.2, 0.9],
    ];
    const inverseRoot = solve(root, identity(3)) as number[][];
    const law = population({
      features: 3,
      covariance: product(root, root),
      taskCovariance: product(inverseRoot, inverseRoot),
    });
    const drawn = { root, taskRoot: inverseRoot, noise: 0 };
    expect(riskOf(law, law, 1)).toMatchObject({ value: expect.closeTo(2, 12), kind: "exact" });
    expect(riskOf(law, law, 2)).toMatchObject({ value: expect.closeTo(1, 12) });
    expect(riskOf(law, law, 3)).toMatchObject({ value: expect.closeTo(0, 12) });
    const { mean, error } = projected(law, drawn, 1);
    expect(Math.abs(mean - 2)).toBeLessThan(4 * error);
    // Noise and tasks at test that it was not tuned for.
    const test = { ...law, noise: 0.4, taskCovariance: identity(3) };
    expect(riskOf(law, test, 9)).toMatchObject({ value: expect.closeTo(0.16 + (0.16 * 3) / 5, 12) });
    const foreign = projected(law, { root, taskRoot: identity(3), noise: 0.4 }, 9);
    expect(Math.abs(foreign.mean - (0.16 * 3) / 5)).toBeLessThan(4 * foreign.error);
    // One pair shows a random direction of the whitened tasks, whose mean square the test's tasks have in root I root.
    const missed = (2 / 3) * trace(law.covariance);
    expect(riskOf(law, { ...law, taskCovariance: identity(3) }, 1)).toMatchObject({
      value: expect.closeTo(missed, 12),
    });
    const shifted = projected(law, { root, taskRoot: identity(3), noise: 0 }, 1);
    expect(Math.abs(shifted.mean - missed)).toBeLessThan(4 * shifted.error);
  });

  test("without noise counts the directions that a singular prior allows, and declines tasks that it excludes", () => {
    const law = population({ features: 4, taskCovariance: diagonal([2, 0, 2, 0]) });
    expect([1, 2, 3].map((n) => riskOf(law, law, n))).toMatchObject([{ value: 2 }, { value: 0 }, { value: 0 }]);
    const noisy = { ...law, noise: 0.5 };
    expect([1, 2, 3, 6].map((n) => riskOf(law, noisy, n))).toMatchObject(
      [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY, 0.25 + 0.5 / 3].map((value) => ({
        value: value === Number.POSITIVE_INFINITY ? value : expect.closeTo(value, 12),
      })),
    );
    expect(riskOf(law, population({ features: 4 }), 3)).toEqual({
      why: "the risk of a posterior without noise is known for tasks in the range of its prior",
    });
    expect(riskOf(law, population({ features: 4, noise: 0.1 }), 0)).toMatchObject({ value: expect.closeTo(4.01, 12) });
    const uneven = population({ features: 4, taskCovariance: diagonal([1, 0, 2, 0]) });
    expect(riskOf(uneven, uneven, 1)).toMatchObject({ why: expect.stringContaining("isotropic inputs only") });
  });

  test("with noise its risk has no closed form, and says so", () => {
    const law = population({ features: 4, noise: 0.1 });
    expect(riskOf(law, law, 3)).toMatchObject({ why: expect.stringContaining("no closed form") });
  });
});
