import { describe, expect, jest, test } from "@jest/globals";
import { type Candidate, everyPredictor, withGain } from "../../src/identify/candidate.js";
import { bestGain } from "../../src/identify/gain.js";
import { grounds } from "../../src/identify/grounds.js";
import { type Identification, identify, type Model, RESOLUTION } from "../../src/identify/identify.js";
import { identificationSentence } from "../../src/identify/sentence.js";
import { variance } from "../../src/identify/squares.js";
import { type LinearRegression, linearRegressionLaw } from "../../src/laws/gaussian-linear.js";
import { Draws } from "../../src/math/draws.js";
import { keyOf } from "../../src/math/keys.js";
import { identity, scaled, transpose } from "../../src/math/matrix.js";
import { nd } from "../../src/math/nd.js";
import { descentWeights } from "../../src/mixers/descent-weights.js";
import linear from "../../src/mixers/linear-attention.js";
import softmax from "../../src/mixers/softmax-attention.js";
import stack from "../../src/mixers/stack.js";
import { bestLayers } from "../../src/predictors/best-layers.js";
import debiased from "../../src/predictors/debiased-gradient-step.js";
import plusPlus from "../../src/predictors/gd-plus-plus.js";
import descent from "../../src/predictors/gradient-descent.js";
import step from "../../src/predictors/gradient-step.js";
import newton from "../../src/predictors/newton.js";
import ols from "../../src/predictors/ols.js";
import preconditioned from "../../src/predictors/preconditioned-gradient-step.js";
import ridge from "../../src/predictors/ridge.js";
import softmaxHeads from "../../src/predictors/softmax-heads.js";
import zero from "../../src/predictors/zero.js";
import { optimalPreconditioner } from "../../src/theory/optimal-preconditioner.js";
import { optimalStep } from "../../src/theory/optimal-step.js";
import type { Law, Mixer, Predictor, Unit, Weights } from "../../src/types.js";
import { headsOf, scalarHeads } from "../softmax-weights.js";

// Tuning predictors takes seconds where other work shares the machine.
jest.setTimeout(60_000);

const [features, context] = [4, 16];
const PROMPTS = 120;
const site = { features, context };
const isotropic = linearRegressionLaw({ features, noise: 0.7 });
const skewed = linearRegressionLaw({ features, noise: 0.7, covariance: [1, 1, 0.25, 0.0625].map(diagonal) });

function diagonal(value: number, at: number): number[] {
  return Array.from({ length: 4 }, (_, i) => (i === at ? value : 0));
}

const units = [zero, step, preconditioned, debiased, ridge, ols] as unknown as Unit<unknown, Predictor>[];
/** The same predictor, tuned once for each law and context. */
function remembering(predictor: Predictor): Predictor {
  const tuned = new Map<string, ReturnType<Predictor["tune"]>>();
  return {
    ...predictor,
    tune(...at) {
      const place = JSON.stringify(at);
      if (!tuned.has(place)) tuned.set(place, predictor.tune(...at));
      return tuned.get(place)!;
    },
  };
}
const predictors: Predictor[] = [
  ...units.map((unit) => unit.make(unit.options.parse(unit === (step as unknown) ? undefined : {}), site)),
  descent.make(2, site) as unknown as Predictor,
  ...[1, 2].map((k) => newton.make(k, site) as unknown as Predictor),
  plusPlus.make(2, site) as unknown as Predictor,
  // Other heads, which take seconds to tune, are candidates in `tests/slow/identify-heads.test.ts`.
  softmaxHeads.make({ heads: 2, omega: 0.13 }, site) as unknown as Predictor,
].map(remembering);
const named = (name: string) => predictors.find((predictor) => predictor.name === name)!;

const found = (model: Model, law: Law, seed = 1): Promise<Identification> =>
  identify(model, predictors, { law, context, key: keyOf(seed), prompts: PROMPTS });
const of =
  (mixer: Mixer, weights: Weights): Model =>
  (prompts) =>
    mixer.forward(weights as never, prompts);

const attention = linear.make(linear.options.parse({}), site);
const heads = (count: number) => softmax.make(softmax.options.parse({ heads: count }), site);

/** All weights random, without structure. */
function randomWeights(seed: number, sd: number): Weights {
  const draws = new Draws(keyOf(seed));
  const shaped = Object.entries(attention.init(keyOf(seed), features));
  return Object.fromEntries(
    shaped.map(([name, { axes, shape, data }]) => [
      name,
      nd(
        axes,
        shape,
        Float64Array.from(data, () => sd * draws.normal()),
      ),
    ]),
  );
}

describe("the algorithm is named in each constructed case", () => {
  test("isotropic linear attention at its optimum, shrunk: one step of descent, with that constant", async () => {
    const g = optimalStep.value(isotropic.population, { context });
    const result = await found(of(attention, scalarHeads(features, [0.9 * g], [1])), isotropic);
    expect(result.best).toMatchObject({ name: "gradient-step" });
    expect(result.best!.distance).toBeLessThan(1e-24);
    expect(result.best!.gain).toBeCloseTo(0.9, 12);
    // The same algorithm at an isotropic law.
    expect(result.alike).toEqual(["preconditioned-gradient-step"]);
  });

  test("anisotropic linear attention: the preconditioned step, told apart from the plain one", async () => {
    const A = optimalPreconditioner.value(skewed.population, { context });
    const result = await found(of(attention, headsOf([transpose(A)], [1])), skewed);
    expect(result.best).toMatchObject({ name: "preconditioned-gradient-step" });
    expect(result.best!.distance).toBeLessThan(1e-24);
    expect(result.alike).toEqual([]);
    expect(result.findings[1]!.distance).toBeGreaterThan(0.01);
  });

  test("two layers of GD++ with the best constants", async () => {
    const freedom = { layers: 2, tied: true, curved: true };
    const { steps, curvatures } = bestLayers(isotropic.population, context, freedom);
    const mixer = stack.make(stack.options.parse({ depth: 2, tied: true }), site);
    const [a, b] = [steps[0]!, curvatures[0]!];
    const weights = descentWeights([{ step: scaled(identity(4), a), inputs: scaled(identity(4), b / a) }]);
    const result = await found(of(mixer, weights), isotropic);
    expect(result.best).toMatchObject({ name: "gd-plus-plus-2" });
    expect(result.best!.distance).toBeLessThan(1e-20);
    expect(result.alike).toEqual([]);
  });

  test("two softmax heads at omega = 0.13: the heads, told apart from the debiased step", async () => {
    const pair = await found(of(heads(2), scalarHeads(features, [0.13, -0.13], [3.2, -3.2])), isotropic);
    expect(pair.best).toMatchObject({ name: "softmax-heads-2-0-13" });
    expect(pair.alike).toEqual([]);
    const debiasedStep = pair.findings.find(({ name }) => name === "debiased-gradient-step")!;
    expect(debiasedStep.distance! - pair.best!.distance!).toBeGreaterThan(0.002);
  });

  test("a table of Newton's iteration", async () => {
    const model = named("newton-2").tune(isotropic.population, context).predict;
    const result = await found(model, isotropic);
    expect(result.best).toEqual(expect.objectContaining({ name: "newton-2", distance: 0, gain: null }));
    expect(result.alike).toEqual([]);
  });

  test("a table of ridge regression with half the penalty", async () => {
    const population: LinearRegression = { ...isotropic.population, noise: 0.7 * Math.SQRT1_2 };
    const model = (named("ridge") as unknown as Predictor<LinearRegression>).tune(population, context).predict;
    const result = await found(model, isotropic);
    expect(result.best).toMatchObject({ name: "ridge" });
    expect(result.best!.gain).toBeCloseTo(2, 6);
    expect(result.best!.distance).toBeLessThan(1e-12);
    expect(result.alike).toEqual([]);
  });

  test("large random weights: none of these, and the nearest is said", async () => {
    const result = await found(of(attention, randomWeights(3, 3)), isotropic);
    expect(result.best).toBeNull();
    expect(result.findings[0]!.distance).toBeGreaterThan(0.1);
    expect(identificationSentence(result)).toMatch(/^none of these: the nearest is [a-z-]+/);
  });

  test("small random weights are zero", async () => {
    const result = await found(of(attention, randomWeights(3, 0.02)), isotropic);
    expect(result.quiet).toBeLessThan(1e-3);
    expect(identificationSentence(result)).toMatch(/^best: zero: its predictions have \S+ of the labels' mean square$/);
  });
});

test("a noisy model is told with its error, and its distance is the noise's share of its variance", async () => {
  const exact = named("gradient-step").tune(isotropic.population, context).predict;
  const draws = new Draws(keyOf(9));
  const model: Model = (prompts) => {
    const said = exact(prompts);
    const sd = Math.sqrt(0.03 * variance(said.data));
    return { ...said, data: said.data.map((value) => value + sd * draws.normal()) };
  };
  const { best } = await found(model, isotropic);
  expect(best!.name).toBe("gradient-step");
  expect(Math.abs(best!.distance! - 0.03 / 1.03)).toBeLessThan(4 * best!.standardError!);
  // Over prompts of six grounds: |noise|^2 has relative sd sqrt(2 / 120) on each, beside the spread of the variances.
  expect(best!.standardError! / best!.distance!).toBeGreaterThan(Math.sqrt(2 / (6 * PROMPTS)) / 2);
  expect(best!.standardError! / best!.distance!).toBeLessThan(4 * Math.sqrt(2 / (6 * PROMPTS)));
});

test("the constant is fitted on other prompts than the distance is measured on", () => {
  for (const { fit, test: measured } of grounds(isotropic, context, keyOf(1), 50)) {
    expect(fit.x.shape[0]).toBe(50);
    expect(measured.x.shape[0]).toBe(50);
    expect(fit.query.data.some((value) => measured.query.data.includes(value))).toBe(false);
  }
  expect(grounds(isotropic, context, keyOf(1), 2).map(({ name, fit }) => [name, fit.x.shape[1]])).toEqual([
    ["training law", 16],
    ["inputs x 0.71", 16],
    ["inputs x 1.41", 16],
    ["half the context", 8],
    ["twice the context", 32],
    ["stretched inputs", 16],
  ]);
  const inputs = grounds(isotropic, context, keyOf(1), 500).at(-1)!.fit.x.data;
  const variances = [0, 1, 2, 3].map((i) => variance(inputs.filter((_, at) => at % 4 === i)));
  // 8,000 numbers each: their variance is known to a relative root of 2 / 8,000.
  for (const [i, expected] of [0.5, 2 ** (-1 / 3), 2 ** (1 / 3), 2].entries())
    expect(Math.abs(variances[i]! / expected - 1)).toBeLessThan(4 * Math.sqrt(2 / 8000));
});

test("shifts that a law has not are left out, and other errors are not", () => {
  const refusing = (error: Error): Law => ({
    ...(isotropic as Law),
    shifted() {
      throw error;
    },
  });
  const named = grounds(refusing(new RangeError("no shift")), context, keyOf(1), 2).map(({ name }) => name);
  expect(named).toEqual(["training law", "half the context", "twice the context", "stretched inputs"]);
  expect(() => grounds(refusing(new TypeError("a mistake")), context, keyOf(1), 2)).toThrow("a mistake");
});

test.each(["gradient-step", "gradient-descent-2", "ridge", "gd-plus-plus-2"])("a gain of %s is found again", (name) => {
  const candidate: Candidate = { name, predict: named(name).tune(isotropic.population, context).predict };
  for (const gain of [0.3, 1, 1.7]) {
    const fits = grounds(isotropic, context, keyOf(4), 100).map(({ fit: prompts }) => {
      const predictions = withGain(candidate, gain).predict(prompts).data;
      return { prompts, predictions, variance: variance(predictions) };
    });
    expect(bestGain(candidate, fits)! / gain).toBeCloseTo(1, 6);
  }
});

test("a model that is not finite is undefined, wherever it is, and names nothing", async () => {
  const exact = named("ridge").tune(isotropic.population, context).predict;
  const broken: Model = (prompts) => {
    const said = exact(prompts);
    return prompts.x.shape[1] === 32 ? { ...said, data: said.data.map((v, i) => (i === 3 ? Number.NaN : v)) } : said;
  };
  const result = await found(broken, isotropic);
  expect(result.best).toBeNull();
  expect(identificationSentence(result)).toBe(
    "undefined: its predictions are not finite on prompts of twice the context",
  );
});

test("a candidate that is not finite is last, and its distance says nothing", async () => {
  const exact = named("ridge").tune(isotropic.population, context).predict;
  const wild: Predictor = {
    ...named("ridge"),
    name: "wild",
    tune: () => ({
      predict: (prompts) => ({ ...exact(prompts), data: exact(prompts).data.map(() => Number.POSITIVE_INFINITY) }),
      risk: () => ({ why: "not needed here" }),
    }),
  };
  const at = { law: isotropic as Law, context, key: keyOf(1), prompts: 50 };
  const { findings, best } = await identify(exact, [wild, named("ridge"), named("zero")], at);
  expect(best!.name).toBe("ridge");
  expect(findings.at(-1)).toMatchObject({ name: "wild", distance: null, standardError: null });
});

test("predictors that do not apply are declined with their sentence", async () => {
  const students = linearRegressionLaw({ features, inputs: { student: 6 } });
  const exact = named("ols").tune(isotropic.population, context).predict;
  const { declined } = await identify(exact, predictors, { law: students as Law, context, key: keyOf(1), prompts: 20 });
  expect(declined.find(({ name }) => name === "debiased-gradient-step")!.why).toContain("Gaussian inputs");
});

test("every predictor of a catalogue is made: bare ones first, families by their numbers, theory last", () => {
  const made = everyPredictor([newton, plusPlus, step, ridge] as unknown as Unit<unknown, Predictor>[], site, 3);
  expect(made.map(({ name }) => name)).toEqual([
    "gradient-step",
    "ridge",
    ...["newton-1", "newton-2", "newton-3"],
    ...["gd-plus-plus-1", "gd-plus-plus-2", "gd-plus-plus-3", "gd-plus-plus-untied-2", "gd-plus-plus-untied-3"],
  ]);
});

test("the sentence has the field's form", async () => {
  expect(RESOLUTION).toBe(1e-3);
  const A = optimalPreconditioner.value(skewed.population, { context });
  const result = await found(of(attention, headsOf([transpose(A)], [1.02])), skewed);
  expect(identificationSentence(result)).toMatch(
    /^best: preconditioned-gradient-step \(constant x 1\.02\), distance \S+ ± \S+; next: gradient-step \(constant x \S+\), distance 0\.\d+ ± 0\.\d+$/,
  );
});
