import { jest } from "@jest/globals";
import { identify } from "../../src/identify/identify.js";
import { identificationSentence } from "../../src/identify/sentence.js";
import { linearRegressionLaw } from "../../src/laws/gaussian-linear.js";
import { keyOf } from "../../src/math/keys.js";
import { diagonal, identity, scaled, transpose } from "../../src/math/matrix.js";
import { nd } from "../../src/math/nd.js";
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
import type { Law, Mixer, Predictor, Rows, Unit, Weights } from "../../src/types.js";

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

/** Heads that score by KQ_h = A_h on the inputs and write mu_h times the label. */
function headsOf(blocks: readonly Rows[], mu: readonly number[]): Weights {
  const D = features + 1;
  const KQ = nd(["head", "key", "query"], [mu.length, D, D]);
  const OV = nd(["head", "token"], [mu.length, D]);
  blocks.forEach((A, h) => {
    for (let a = 0; a < features; a++) for (let b = 0; b < features; b++) KQ.data[(h * D + a) * D + b] = A[a]![b]!;
    OV.data[h * D + features] = mu[h]!;
  });
  return { KQ, OV };
}
const scalars = (omega: readonly number[], mu: readonly number[]) =>
  headsOf(
    omega.map((value) => scaled(identity(features), value)),
    mu,
  );

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
  const result = await found(heads(count), scalars(omega, mu), isotropic);
  expect(result.best).toMatchObject({ name });
  expect(result.alike).toEqual([]);
});

test("two softmax heads at omega = 0.02 and the debiased step cannot be told apart", async () => {
  const { mu } = softmaxFit(isotropic.population, context)(2, 0.02);
  const result = await found(heads(2), scalars([0.02, -0.02], [mu, -mu]), isotropic);
  expect(result.best).toMatchObject({ name: "softmax-heads-2-0-02" });
  expect(result.alike).toEqual(["debiased-gradient-step"]);
  expect(identificationSentence(result)).toContain("cannot be told apart from: debiased-gradient-step");
});
