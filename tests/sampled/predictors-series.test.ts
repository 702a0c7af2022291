import { autoregressiveLaw, type SeriesSettings } from "../../src/laws/autoregressive.js";
import { fixedCoefficients } from "../../src/laws/series-coefficients.js";
import { Draws } from "../../src/math/draws.js";
import { foldIn } from "../../src/math/keys.js";
import { Moments } from "../../src/math/moments.js";
import { integrate } from "../../src/math/quadrature.js";
import { predictionsOf, reflectionsOf, spectralRadius } from "../../src/math/reflection.js";
import bestLinear from "../../src/predictors/best-linear.js";
import burg from "../../src/predictors/burg.js";
import ols from "../../src/predictors/ols.js";
import posterior from "../../src/predictors/series-posterior.js";
import type { Prompts } from "../../src/types.js";
import { type AnyUnit, key, logDensity, partial, rejection, risks, site, valuesOf } from "../series-posteriors.js";

/** Reflection coefficients from the prior, as the law's own words have it. */
function drawnReflections(
  coefficients: ReturnType<typeof partial> | ReturnType<typeof rejection>,
  draws: Draws,
): readonly number[] {
  const uniform = () =>
    Array.from({ length: coefficients.order }, () => coefficients.within * (2 * draws.uniform() - 1));
  if (coefficients.kind === "partial") return uniform();
  for (;;) {
    const rho = uniform();
    if (spectralRadius(rho) < coefficients.root) return reflectionsOf(rho);
  }
}

describe("the posterior mean is that of draws from the prior weighted by their likelihood, within 4 standard errors", () => {
  test.each<
    [string, SeriesSettings & { coefficients: ReturnType<typeof partial> | ReturnType<typeof rejection> }, number]
  >([
    ["one partial autocorrelation", { coefficients: partial(1, 0.9), noise: 0.5 }, 6],
    ["two of them, and windows wider than the order", { coefficients: partial(2, 0.8), window: 3, noise: 2 }, 5],
    ["a window below the order, without pairs", { coefficients: partial(2, 0.8), window: 1 }, 0],
    ["one coefficient below a root", { coefficients: rejection(1, 0.9, 0.7) }, 6],
    ["two coefficients of a narrow box", { coefficients: rejection(2, 0.45, 1) }, 6],
    ["two coefficients of a wide box below a root", { coefficients: rejection(2, 0.9, 0.85), noise: 0.1 }, 6],
    [
      "two coefficients of a box within the triangle's reach only at one side",
      { coefficients: rejection(2, 1, 0.95) },
      4,
    ],
  ])("%s", (...[, settings, context]) => {
    const law = autoregressiveLaw(settings);
    const prompts = law.draw(key, { from: 0, count: 4 }, context);
    const predictions = posterior
      .make(posterior.options.parse({}), site)
      .tune(law.population, context)
      .predict(prompts).data;
    const { window, noise } = law.population;
    for (let b = 0; b < 4; b++) {
      const values = valuesOf(prompts, b, window);
      const draws = new Draws(foldIn(key, "prior"), b);
      const moments = new Moments(2);
      const scale = logDensity(values, drawnReflections(settings.coefficients, draws), noise);
      for (let i = 0; i < 3000; i++) {
        const reflections = drawnReflections(settings.coefficients, draws);
        const rows = predictionsOf(reflections);
        const row = rows[Math.min(rows.length - 1, values.length)]!;
        const mean = row.reduce((sum, weight, j) => sum + weight * values.at(-1 - j)!, 0);
        const weight = Math.exp(logDensity(values, reflections, noise) - scale);
        moments.add([weight * (mean - predictions[b]!), weight]);
      }
      expect(Math.abs(moments.mean(0))).toBeLessThan(4 * moments.standardError(0) + 1e-13);
      expect(moments.mean(1)).toBeGreaterThan(0);
    }
  });
});

// Boxes that the triangle cuts, and 40,000 prompts beside a printed table: `tests/slow/predictors-series.test.ts`.
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

  test.each([["a box that the triangle does not reach", 0.45, 1]])("%s", (_, within, root) => {
    const law = autoregressiveLaw({ coefficients: rejection(2, within, root) });
    const prompts = law.draw(key, { from: 7, count: 1 }, 6);
    const predictions = posterior.make(posterior.options.parse({}), site).tune(law.population, 6).predict(prompts).data;
    expect(Math.abs(predictions[0]! - integrals(valuesOf(prompts, 0, 2), 1, within, root))).toBeLessThan(1e-8);
  });
});

test("no prediction has a smaller risk under the prior, and with many values least squares comes near", () => {
  const law = autoregressiveLaw({ coefficients: partial(2, 0.7) });
  const few = risks(law, 8, 2500, posterior, ols, burg);
  for (const other of [1, 2]) {
    const difference = few.mean(other) - few.mean(0);
    const error = Math.sqrt(
      few.covarianceOfMeans(0, 0) + few.covarianceOfMeans(other, other) - 2 * few.covarianceOfMeans(0, other),
    );
    expect(difference).toBeGreaterThan(4 * error);
  }
});

test("of fixed coefficients it is the best linear prediction where the window has the order, and better below it", () => {
  const wide = autoregressiveLaw({ coefficients: fixedCoefficients([1.2, -0.5]), window: 3 });
  const prompts = wide.draw(key, { from: 0, count: 20 }, 5);
  const of = (unit: AnyUnit) => unit.make(unit.options.parse({}), site).tune(wide.population, 5).predict(prompts).data;
  of(posterior).forEach((value, b) => {
    expect(Math.abs(value - of(bestLinear)[b]!)).toBeLessThan(1e-12 * 10);
  });
  // One value alone is predicted by gamma_1 / gamma_0 = 1.2 / 1.5 of it, and not by the first coefficient.
  const single = autoregressiveLaw({ coefficients: fixedCoefficients([1.2, -0.5]), window: 1 });
  const one = single.draw(key, { from: 0, count: 3 }, 0);
  posterior
    .make(posterior.options.parse({}), site)
    .tune(single.population, 0)
    .predict(one)
    .data.forEach((value, b) => {
      expect(value).toBeCloseTo(0.8 * one.query.data[b]!, 13);
    });
  const narrow = autoregressiveLaw({ coefficients: fixedCoefficients([1.2, -0.5]), window: 1 });
  const moments = risks(narrow, 5, 4000, posterior, bestLinear);
  expect(Math.abs(moments.mean(0) - 1)).toBeLessThan(4 * moments.standardError(0));
  expect(moments.mean(1)).toBeGreaterThan(1.2);
});

test("a prompt of 1000 values, whose posterior is narrow, is integrated too", () => {
  // Least squares is within 1 / N of the posterior mean's coefficient: a rule that misses the peak is not.
  const law = autoregressiveLaw({ coefficients: partial(1, 0.95) });
  const moments = risks(law, 1000, 400, posterior, ols);
  const error = Math.sqrt(
    moments.covarianceOfMeans(0, 0) + moments.covarianceOfMeans(1, 1) - 2 * moments.covarianceOfMeans(0, 1),
  );
  expect(Math.abs(moments.mean(0) - moments.mean(1))).toBeLessThan(4 * error + 0.002);
});

test("a prompt is answered the same alone and in a batch with longer ones", () => {
  const { population, draw } = autoregressiveLaw({ coefficients: partial(2, 0.8) });
  const { predict } = posterior.make(posterior.options.parse({}), site).tune(population, 60);
  const mixed = draw(key, { from: 0, count: 6 }, { uniform: [0, 60] });
  const whole = predict(mixed).data;
  for (let b = 0; b < 6; b++) {
    const n = mixed.length!.data[b]!;
    const cut = <A extends readonly string[]>(
      array: { axes: A; data: Float64Array | Float32Array },
      from: number,
      count: number,
      shape: number[],
    ) => ({ axes: array.axes, shape, data: array.data.slice(from, from + count) }) as never;
    const alone: Prompts = {
      x: cut(mixed.x, b * 120, n * 2, [1, n, 2]),
      y: cut(mixed.y, b * 60, n, [1, n, 1]),
      query: cut(mixed.query, b * 2, 2, [1, 2]),
      answer: cut(mixed.answer, b, 1, [1, 1]),
    };
    expect(predict(alone).data[0]).toBe(whole[b]);
  }
});
