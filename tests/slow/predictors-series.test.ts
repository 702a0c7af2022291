import { type Autoregression, autoregressiveLaw } from "../../src/laws/autoregressive.js";
import { autocovariances, toeplitz } from "../../src/math/autocovariance.js";
import { foldIn, keyOf } from "../../src/math/keys.js";
import { Moments } from "../../src/math/moments.js";
import { integrate } from "../../src/math/quadrature.js";
import ols from "../../src/predictors/ols.js";
import posterior from "../../src/predictors/series-posterior.js";
import type { Law, Predictor, Prompts, Unit } from "../../src/types.js";

const key = keyOf(1994);
const site = { features: 2, context: 8 };
const partial = (order: number, within: number) => ({ kind: "partial", order, within }) as const;
const rejection = (order: number, within: number, root: number) =>
  ({ kind: "rejection", order, within, root }) as const;

/** Log density of values of the stationary series, by the Cholesky root of their covariance: nothing is shared with it. */
function logDensity(values: readonly number[], reflections: readonly number[], noise: number): number {
  const n = values.length;
  const covariance = toeplitz(autocovariances(reflections, noise ** 2, n), n);
  const root = Array.from({ length: n }, () => new Float64Array(n));
  const white: number[] = [];
  let log = 0;
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      let rest = covariance[i]![j]!;
      for (let k = 0; k < j; k++) rest -= root[i]![k]! * root[j]![k]!;
      root[i]![j] = i === j ? Math.sqrt(rest) : rest / root[j]![j]!;
    }
    white[i] = (values[i]! - white.reduce((sum, z, k) => sum + root[i]![k]! * z, 0)) / root[i]![i]!;
    log -= Math.log(root[i]![i]!) + white[i]! ** 2 / 2;
  }
  return log;
}

function valuesOf(prompts: Prompts, b: number, window: number): number[] {
  const [, most, features] = prompts.x.shape;
  const first = most > 0 ? prompts.x.data.subarray(b * most * features) : prompts.query.data.subarray(b * features);
  return [...first.subarray(0, window), ...prompts.y.data.subarray(b * most, (b + 1) * most)];
}

describe("the posterior mean is an adaptive integral over the coefficients themselves, to 1e-8", () => {
  /** Integrals over the coefficients of a box whose roots are below R, of the density times 1 and times the prediction. */
  function integrals(values: readonly number[], noise: number, w: number, R: number) {
    const over = (weigh: (mean: number) => number) =>
      integrate(
        (rho2) => {
          const widest = Math.min(w, R * (1 - rho2 / R ** 2));
          const inner = (rho1: number) => {
            const mean = rho1 * values.at(-1)! + rho2 * values.at(-2)!;
            return weigh(mean) * Math.exp(logDensity(values, [rho1 / (1 - rho2), rho2], noise));
          };
          return integrate(inner, -widest, widest, 1e-10);
        },
        ...([-Math.min(w, R ** 2), Math.min(w, R ** 2), 1e-9] as const),
      );
    return over((mean) => mean) / over(() => 1);
  }

  test.each([
    ["a box that the triangle cuts", 0.9, 0.85],
    ["a box around the triangle but for two corners", 1, 0.95],
  ])("%s", (_, within, root) => {
    const law = autoregressiveLaw({ coefficients: rejection(2, within, root) });
    const prompts = law.draw(key, { from: 7, count: 1 }, 6);
    const predictions = posterior.make(posterior.options.parse({}), site).tune(law.population, 6).predict(prompts).data;
    expect(Math.abs(predictions[0]! - integrals(valuesOf(prompts, 0, 2), 1, within, root))).toBeLessThan(1e-8);
  });
});

// biome-ignore lint/suspicious/noExplicitAny: options are checked by each unit's own schema.
type AnyUnit = Unit<any, Predictor<any>>;

function risks(law: Law<Autoregression>, context: number, count: number, ...units: readonly AnyUnit[]) {
  const prompts = law.draw(foldIn(key, "risk"), { from: 0, count }, context);
  const predictors = units.map((unit) => unit.make(unit.options.parse({}), site));
  const predictions = predictors.map((each) => each.tune(law.population, context).predict(prompts).data);
  const moments = new Moments(units.length);
  for (let b = 0; b < count; b++) moments.add(predictions.map((each) => (each[b]! - prompts.answer.data[b]!) ** 2));
  return moments;
}

test("with 20 values of one coefficient uniform on ±0.5 the excess is 0.030, that of least squares 0.051", () => {
  const law = autoregressiveLaw({ coefficients: partial(1, 0.5) });
  // Excess over the oracle, which knows each prompt's coefficient: paired against the innovation by its true value.
  const moments = risks(law, 20, 40_000, posterior, ols);
  const gap = moments.mean(1) - moments.mean(0);
  const error = Math.sqrt(
    moments.covarianceOfMeans(0, 0) + moments.covarianceOfMeans(1, 1) - 2 * moments.covarianceOfMeans(0, 1),
  );
  // Both sampled numbers are printed to three digits.
  expect(Math.abs(gap - (0.051 - 0.03))).toBeLessThan(4 * error + 0.001);
  expect(Math.abs(moments.mean(0) - 1.03)).toBeLessThan(4 * moments.standardError(0));
});
