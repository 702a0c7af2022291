import { applied, diagonal, identity, product, scaled, sum, transpose } from "../src/math/matrix.js";
import { solve } from "../src/math/solve.js";
import debiasedGradientStep from "../src/predictors/debiased-gradient-step.js";
import gradientDescent from "../src/predictors/gradient-descent.js";
import gradientStep from "../src/predictors/gradient-step.js";
import lsaOptimum from "../src/predictors/lsa-optimum.js";
import newton from "../src/predictors/newton.js";
import ols from "../src/predictors/ols.js";
import ridge from "../src/predictors/ridge.js";
import zero from "../src/predictors/zero.js";
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
} from "./predicted-weights.js";
import { excessRisks, sample } from "./regression-sampler.js";

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

  /** Risks that another program computed from 2e5 samples and more: d = 5, with the noise of the query's label. */
  test.each([
    [0.1, [0.8891, 0.2164, 0.13534, 0.11466, 0.10675]],
    [0.25, [1.38899, 0.51649, 0.33697, 0.28642, 0.26682]],
    [1, [2.91242, 1.8152, 1.32431, 1.1421, 1.06658]],
  ])("noise variance %d has the known risks at n = 5, 10, 20, 40, 80", (variance, risks) => {
    const noise = Math.sqrt(variance);
    const law = population({ features: 5, noise });
    for (const [i, n] of [5, 10, 20, 40, 80].entries()) {
      const problems = sample(isotropic(5, noise), () => n, i < 2 ? 2000 : 600, n);
      const moments = excessRisks(problems, [weights(bayes, law, n, problems)], identity(5));
      const gap = moments.mean(0) + variance - risks[i]!;
      expect(Math.abs(gap)).toBeLessThan(4 * moments.standardError(0));
    }
  });

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
});
