import { jest } from "@jest/globals";
import { identify } from "../../src/identify/identify.js";
import { identificationSentence } from "../../src/identify/sentence.js";
import { linearRegressionLaw } from "../../src/laws/gaussian-linear.js";
import { keyOf } from "../../src/math/keys.js";
import { diagonal, transpose } from "../../src/math/matrix.js";
import linear from "../../src/mixers/linear-attention.js";
import softmax from "../../src/mixers/softmax-attention.js";
import debiased from "../../src/predictors/debiased-gradient-step.js";
import ols from "../../src/predictors/ols.js";
import preconditioned from "../../src/predictors/preconditioned-gradient-step.js";
import ridge from "../../src/predictors/ridge.js";
import { softmaxFit } from "../../src/predictors/softmax-constants.js";
import softmaxHeads from "../../src/predictors/softmax-heads.js";
import zero from "../../src/predictors/zero.js";
import { optimalPreconditioner } from "../../src/theory/optimal-preconditioner.js";
import type { Law, Mixer, Predictor, Unit, Weights } from "../../src/types.js";
import { headsOf, scalarHeads } from "../softmax-weights.js";

// Tuning heads takes seconds where other work shares the machine.
jest.setTimeout(60_000);

const [features, context] = [4, 16];
const site = { features, context };
const isotropic = linearRegressionLaw({ features, noise: 0.7 });
const skewed = linearRegressionLaw({ features, noise: 0.7, covariance: diagonal([1, 1, 0.25, 0.0625]) });

const units = [zero, preconditioned, debiased, ridge, ols] as unknown as Unit<unknown, Predictor>[];
const predictors: Predictor[] = [
  ...units.map((unit) => unit.make(unit.options.parse({}), site)),
  ...[{ heads: 1 } as const, { heads: 2, omega: 0.02 } as const, { heads: 2, omega: 0.13 } as const].map(
    (option) => softmaxHeads.make(option, site) as unknown as Predictor,
  ),
];

const found = (mixer: Mixer, weights: Weights, law: Law) =>
  identify((prompts) => mixer.forward(weights as never, prompts), predictors, {
    ...{ law, context, key: keyOf(1), prompts: 120 },
  });
const heads = (count: number) => softmax.make(softmax.options.parse({ heads: count }), site);

test.each([
  ["isotropic", isotropic],
  ["skewed", skewed],
])("linear attention at its optimum is told apart from softmax heads: %s inputs", async (_, law) => {
  const A = optimalPreconditioner.value(law.population, { context });
  const attention = linear.make(linear.options.parse({}), site);
  const result = await found(attention, headsOf([transpose(A)], [1]), law);
  expect(result.best).toMatchObject({ name: "preconditioned-gradient-step" });
  expect(result.best!.distance).toBeLessThan(1e-24);
  expect(result.alike).toEqual([]);
});

test.each([
  ["softmax-heads-1", 1, [0.52], [1.5]],
  ["softmax-heads-2-0-13", 2, [0.13, -0.13], [3.2, -3.2]],
])("heads are told apart from other heads: %s", async (name, count, omega, mu) => {
  const result = await found(heads(count), scalarHeads(features, omega, mu), isotropic);
  expect(result.best).toMatchObject({ name });
  expect(result.alike).toEqual([]);
});

test("two softmax heads at omega = 0.02 and the debiased step cannot be told apart", async () => {
  const { mu } = softmaxFit(isotropic.population, context)(2, 0.02);
  const result = await found(heads(2), scalarHeads(features, [0.02, -0.02], [mu, -mu]), isotropic);
  expect(result.best).toMatchObject({ name: "softmax-heads-2-0-02" });
  expect(result.alike).toEqual(["debiased-gradient-step"]);
  expect(identificationSentence(result)).toContain("cannot be told apart from: debiased-gradient-step");
});
