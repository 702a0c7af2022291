import { linearRegressionLaw, type Settings } from "../src/laws/gaussian-linear.js";
import { diagonal, identity, scaled } from "../src/math/matrix.js";
import debiasedGradientStep from "../src/predictors/debiased-gradient-step.js";
import gradientStep from "../src/predictors/gradient-step.js";
import lsaOptimum from "../src/predictors/lsa-optimum.js";
import ols from "../src/predictors/ols.js";
import { leastRisk } from "../src/theory/least-risk.js";
import { preconditionerRisk } from "../src/theory/preconditioner-risk.js";
import type { Predictor } from "../src/types.js";

const risk = (predictor: Predictor<never>, settings: Settings, context: number): number => {
  const { population } = linearRegressionLaw(settings);
  const answer = predictor.tune(population as never, context).risk(population as never, context);
  if ("why" in answer) throw new Error(answer.why);
  return answer.value;
};
const site = { features: 5, context: 40 };
const [optimum, step, debiased, leastSquares] = [
  lsaOptimum.make({}, site),
  gradientStep.make(undefined, site),
  debiasedGradientStep.make({}, site),
  ols.make({}, site),
] as unknown as [Predictor<never>, Predictor<never>, Predictor<never>, Predictor<never>];

describe("He et al. 2025: d = 5, tasks N(0, I / d), noise variance 0.1", () => {
  const published = { features: 5, noise: Math.sqrt(0.1), taskCovariance: scaled(identity(5), 1 / 5) };

  test.each([
    [10, 0.6336, 0.6078],
    [20, 0.3721, 0.3703],
    [40, 0.2414, 0.2432],
    [100, 0.1629, 0.1643],
  ])("with %d pairs the published step of .897 has risk %d, debiased %d", (n, plain, centred) => {
    const { population } = linearRegressionLaw(published);
    const at = (size: number, context: number) =>
      preconditionerRisk.value(population, { preconditioner: scaled(identity(5), size), context });
    expect(at(0.897, n)).toBeCloseTo(plain, 4);
    // Centring leaves n - 1 pairs, and the paper divides by n.
    expect(at((0.897 * (n - 1)) / n, n - 1)).toBeCloseTo(centred, 4);
  });

  test("the best step has risk .23978, the debiased one .24286", () => {
    expect(risk(step, published, 40)).toBeCloseTo(0.23978, 5);
    expect(risk(debiased, published, 40)).toBeCloseTo(0.24286, 5);
  });

  test("with covariance .5^|i - j| the preconditioned step has .23393, debiased .23677, and the plain one .37433", () => {
    const covariance = [0, 1, 2, 3, 4].map((i) => [0, 1, 2, 3, 4].map((j) => 0.5 ** Math.abs(i - j)));
    const settings = { ...published, covariance };
    expect(risk(optimum, settings, 40)).toBeCloseTo(0.23393, 5);
    expect(risk(step, settings, 40)).toBeCloseTo(0.37433, 5);
    expect(leastRisk.value(linearRegressionLaw(settings).population, { context: 39 })).toBeCloseTo(0.23677, 5);
  });

  test("several tasks on overlapping features are told apart by their labels: each has risk 4 . 5.4 / (48 + 5.4)", () => {
    // d = 6, the first task reads features 1 to 4, the second 3 to 6; noise of variance .1 . 4, query labels without.
    for (const active of [diagonal([1, 1, 1, 1, 0, 0]), diagonal([0, 0, 1, 1, 1, 1])]) {
      const settings = { features: 6, noise: Math.sqrt(0.4), taskCovariance: active };
      expect(risk(optimum, settings, 48) - 0.4).toBeCloseTo(0.40449, 5);
      expect(leastRisk.value(linearRegressionLaw(settings).population, { context: 47 }) - 0.4).toBeCloseTo(0.41221, 5);
    }
  });
});

test.each([
  [5, 0.75],
  [10, 0.5],
  [20, 0],
])("Fu et al. 2024: without noise least squares of %d pairs leaves %d of the error at d = 20", (n, share) => {
  expect(risk(leastSquares, { features: 20 }, n) / 20).toBeCloseTo(share, 12);
});
