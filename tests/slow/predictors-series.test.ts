import { autoregressiveLaw } from "../../src/laws/autoregressive.js";
import { integrate } from "../../src/math/quadrature.js";
import ols from "../../src/predictors/ols.js";
import posterior from "../../src/predictors/series-posterior.js";
import { key, logDensity, partial, rejection, risks, site, valuesOf } from "../series-posteriors.js";

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
