import { predictorEntrant } from "../../src/evaluation/entrant.js";
import { measure } from "../../src/evaluation/measure.js";
import { autoregressiveLaw, type SeriesSettings } from "../../src/laws/autoregressive.js";
import { autocovariances, toeplitz } from "../../src/math/autocovariance.js";
import { cholesky } from "../../src/math/cholesky.js";
import { Draws } from "../../src/math/draws.js";
import { foldIn, keyOf } from "../../src/math/keys.js";
import { Moments } from "../../src/math/moments.js";
import { predictionsOf, reflectionsOf, spectralRadius } from "../../src/math/reflection.js";
import type { DrawnPrior } from "../../src/predictors/algorithms/series-density.js";
import { SeriesSampler } from "../../src/predictors/algorithms/series-sampling.js";
import ols from "../../src/predictors/ols.js";
import posterior from "../../src/predictors/series-posterior.js";
import type { Prompts } from "../../src/types.js";

const key = keyOf(1984);
const site = { features: 3, context: 8 };
const sampling = { seed: 0, effective: 400 };
const bayes = posterior.make(posterior.options.parse({}), site);
const partial = (order: number, within: number) => ({ kind: "partial", order, within }) as const;
const rejection = (order: number, within: number, root: number) =>
  ({ kind: "rejection", order, within, root }) as const;

/** x_1 .. x_N of prompt b. */
function valuesOf({ x, y, query }: Prompts, b: number, window: number): Float64Array {
  const [, most, features] = x.shape;
  const first = most > 0 ? x.data.subarray(b * most * features) : query.data.subarray(b * features);
  return Float64Array.of(...first.subarray(0, window), ...y.data.subarray(b * most, (b + 1) * most));
}

describe("sampled and integrated posterior means are within 4.5 of the samples' own standard errors", () => {
  test.each<[string, SeriesSettings & { coefficients: DrawnPrior }, number]>([
    ["one partial autocorrelation", { coefficients: partial(1, 0.95), noise: 0.3 }, 12],
    ["two of them", { coefficients: partial(2, 0.9) }, 6],
    ["two of them, without pairs and with one value", { coefficients: partial(2, 0.9), window: 1 }, 0],
    ["two of them and many values", { coefficients: partial(2, 0.9), noise: 2 }, 200],
    ["one coefficient below a root", { coefficients: rejection(1, 0.9, 0.7) }, 6],
    ["two coefficients that the triangle cuts", { coefficients: rejection(2, 0.9, 0.97), noise: 0.05 }, 8],
    ["two coefficients below a root", { coefficients: rejection(2, 1, 0.85) }, 20],
  ])("%s", (...[, settings, context]) => {
    const law = autoregressiveLaw(settings);
    const { window, noise } = law.population;
    const prompts = law.draw(key, { from: 0, count: 2 }, context);
    const integrated = bayes.tune(law.population, context).predict(prompts).data;
    const sampler = new SeriesSampler(settings.coefficients, noise ** 2, { seed: 0, effective: 8000 });
    for (let b = 0; b < 2; b++) {
      const { mean, spread, effective } = sampler.mean(valuesOf(prompts, b, window));
      expect(effective).toBeGreaterThanOrEqual(8000);
      expect(Math.abs(mean - integrated[b]!)).toBeLessThan((4.5 * spread) / Math.sqrt(effective));
    }
  });
});

/** Log density of a stationary series by the Cholesky root of its covariance. */
function logDensity(values: Float64Array, reflections: readonly number[], noise: number): number {
  const n = values.length;
  const root = Float64Array.from(toeplitz(autocovariances(reflections, noise ** 2, n), n).flat());
  let log = -cholesky(root, n) / 2;
  const white = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    let rest = values[i]!;
    for (let k = 0; k < i; k++) rest -= root[i * n + k]! * white[k]!;
    white[i] = rest / root[i * n + i]!;
    log -= white[i]! ** 2 / 2;
  }
  return log;
}

function drawnReflections(prior: DrawnPrior, draws: Draws): readonly number[] {
  for (;;) {
    const drawn = Array.from({ length: prior.order }, () => prior.within * (2 * draws.uniform() - 1));
    if (prior.kind === "partial") return drawn;
    if (spectralRadius(drawn) < prior.root) return reflectionsOf(drawn);
  }
}

describe("beyond two coefficients the mean is that of a long run from the prior, within 4.5 standard errors of both", () => {
  test.each<[string, SeriesSettings & { coefficients: DrawnPrior }, number]>([
    ["three partial autocorrelations", { coefficients: partial(3, 0.85), noise: 0.5 }, 6],
    ["three coefficients of a box below a root", { coefficients: rejection(3, 0.9, 0.95) }, 5],
    ["three of them, a window of two and no pairs", { coefficients: partial(3, 0.8), window: 2 }, 0],
    ["four of them", { coefficients: partial(4, 0.7) }, 3],
    ["five of them", { coefficients: partial(5, 0.8) }, 1],
  ])("%s", (...[, settings, context]) => {
    const law = autoregressiveLaw(settings);
    const { window, noise } = law.population;
    const prompts = law.draw(key, { from: 0, count: 2 }, context);
    const predicted = bayes.tune(law.population, context).predict(prompts).data;
    const sampler = new SeriesSampler(settings.coefficients, noise ** 2, sampling);
    for (let b = 0; b < 2; b++) {
      const values = valuesOf(prompts, b, window);
      const own = sampler.mean(values);
      expect(own.mean).toBe(predicted[b]);
      const draws = new Draws(foldIn(key, "prior"), b);
      const moments = new Moments(2);
      const scale = logDensity(values, drawnReflections(settings.coefficients, draws), noise);
      for (let i = 0; i < 4000; i++) {
        const reflections = drawnReflections(settings.coefficients, draws);
        const row = predictionsOf(reflections)[Math.min(reflections.length, values.length)]!;
        const mean = row.reduce((sum, weight, j) => sum + weight * values.at(-1 - j)!, 0);
        const weight = Math.exp(logDensity(values, reflections, noise) - scale);
        moments.add([weight * (mean - own.mean), weight]);
      }
      const ofRun = moments.standardError(0) / moments.mean(1);
      const error = Math.hypot(ofRun, own.spread / Math.sqrt(own.effective));
      expect(Math.abs(moments.mean(0) / moments.mean(1))).toBeLessThan(4.5 * error);
      // The run says something: its own error is a part of the posterior's spread.
      expect(ofRun).toBeLessThan(0.3 * own.spread);
    }
  });
});

test("with three coefficients its risk is below that of least squares on the prompt, and rows say what samples are worth", async () => {
  const law = autoregressiveLaw({ coefficients: partial(3, 0.8) });
  const at = { population: law.population, context: 12 };
  const entrants = [bayes, ols.make({}, site)].map((each) => predictorEntrant(each, at, at));
  const test = { law, context: 12, prompts: 1000, key, seed: 0, columns: { context: 12 } };
  const [own, ...others] = await measure(entrants, test);
  expect(own!.effectiveSamples).toBeGreaterThanOrEqual(400);
  expect(others[0]!.effectiveSamples).toBeUndefined();
  for (const other of others) {
    const covariance = own![`covariance.${other.name}`] as number;
    const error = Math.sqrt(own!.standardError! ** 2 + other.standardError! ** 2 - 2 * covariance);
    expect(other.risk! - own!.risk!).toBeGreaterThan(4 * error);
  }
  expect(own!.risk).toBeGreaterThan(1 - 4 * own!.standardError!);
});

test("a prompt is answered the same alone and behind others", () => {
  const { population, draw } = autoregressiveLaw({ coefficients: partial(4, 0.9) });
  const { predict } = bayes.tune(population, 30);
  const whole = predict(draw(key, { from: 0, count: 5 }, 30)).data;
  const fresh = bayes.tune(population, 30).predict(draw(key, { from: 4, count: 1 }, 30)).data;
  expect(fresh[0]).toBe(whole[4]);
});

test("another seed moves the mean by its error and no more", () => {
  const { population, draw } = autoregressiveLaw({ coefficients: partial(3, 0.9) });
  const values = valuesOf(draw(key, { from: 0, count: 1 }, 10), 0, 3);
  const [one, two] = [0, 1].map((seed) =>
    new SeriesSampler(partial(3, 0.9), population.noise ** 2, { seed, effective: 400 }).mean(values),
  );
  expect(one!.mean).not.toBe(two!.mean);
  const error = Math.hypot(one!.spread / Math.sqrt(one!.effective), two!.spread / Math.sqrt(two!.effective));
  expect(Math.abs(one!.mean - two!.mean)).toBeLessThan(4.5 * error);
});

test("a posterior that no sample finds is an error that says what its samples are worth", () => {
  const { population } = autoregressiveLaw({ coefficients: partial(3, 0.9) });
  const sampler = new SeriesSampler(partial(3, 0.9), population.noise ** 2, sampling);
  // Growth by a third in a step, which stationary coefficients explain only at the very edge of the prior.
  const values = Float64Array.from({ length: 60 }, (_, t) => (4 / 3) ** t);
  expect(() => sampler.mean(values)).toThrow(
    /^the posterior of 3 coefficients given 60 values is not held by its samples: 65536 of them are worth \d+ independent draws, and 400 are asked for$/,
  );
});
