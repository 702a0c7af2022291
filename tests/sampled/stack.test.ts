import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import type { OpenCpu } from "../../src/engine/cpu/backend.js";
import { trainingProgram } from "../../src/engine/training-program.js";
import { trialProgram } from "../../src/engine/trial-program.js";
import { wasm } from "../../src/kernels/webassembly.js";
import { linearRegressionLaw } from "../../src/laws/gaussian-linear.js";
import { keyOf } from "../../src/math/keys.js";
import { identity, scaled } from "../../src/math/matrix.js";
import { type DescentStep, descentWeights } from "../../src/mixers/descent-weights.js";
import { interpolated } from "../../src/mixers/interpolation.js";
import linear from "../../src/mixers/linear-attention.js";
import { bestDescentStep } from "../../src/predictors/best-descent-step.js";
import descent from "../../src/predictors/gradient-descent.js";
import { loadCatalogue } from "../../src/runner/catalogue.js";
import { parseStudy } from "../../src/studies/parse-study.js";
import { optimalStep } from "../../src/theory/optimal-step.js";
import type { Prompts, Rows, Weights } from "../../src/types.js";
import { openCpu, trained, trialOf } from "../engine-trials.js";
import { isotropic, made, risk, site, sizes } from "../stacks.js";

const ROUNDOFF = 2 ** -53;

const covariance: Rows = [
  [1, 0.3, 0, 0.1],
  [0.3, 0.6, 0.2, 0],
  [0, 0.2, 0.8, 0.1],
  [0.1, 0, 0.1, 0.4],
];
const law = linearRegressionLaw({ features: 4, noise: 0.4, covariance });
const prompts = law.draw(keyOf(3), { from: 0, count: 60 }, 7);

const largest = (values: ArrayLike<number>): number => Array.from(values, Math.abs).reduce((a, b) => Math.max(a, b), 0);
const gap = (a: ArrayLike<number>, b: ArrayLike<number>): number => largest(Array.from(a, (value, i) => value - b[i]!));

/** (1/n) sum over the pairs of `weight` of a pair times its input. */
function mean(xs: readonly number[][], weight: (j: number) => number): number[] {
  return xs[0]!.map((_, i) => xs.reduce((sum, x, j) => sum + weight(j) * x[i]!, 0) / xs.length);
}
const times = (matrix: Rows, v: readonly number[]) =>
  matrix.map((row) => row.reduce((sum, entry, i) => sum + entry * v[i]!, 0));
const product = (u: readonly number[], v: readonly number[]) => u.reduce((sum, entry, i) => sum + entry * v[i]!, 0);

/** Descent with moving inputs by plain loops: residual labels and inputs of all tokens, step by step. */
function plusPlus({ x, y, query }: Prompts, steps: readonly DescentStep[]): number[] {
  const [batch, n, d] = x.shape;
  return Array.from({ length: batch }, (_, b) => {
    let inputs = Array.from({ length: n }, (_, j) => [...x.data.subarray((b * n + j) * d, (b * n + j + 1) * d)]);
    let labels = [...y.data.subarray(b * n, (b + 1) * n)];
    let [asked, said] = [[...query.data.subarray(b * d, (b + 1) * d)], 0];
    for (const { step, inputs: B } of steps) {
      const slope = times(
        step,
        mean(inputs, (j) => labels[j]!),
      );
      const transposed = step.map((_, i) => step.map((row) => row[i]!));
      const kept = inputs;
      const moved = (e: readonly number[]) => {
        if (!B) return [...e];
        const told = times(transposed, e);
        const shift = times(
          B,
          mean(kept, (j) => product(kept[j]!, told)),
        );
        return e.map((entry, i) => entry - shift[i]!);
      };
      labels = labels.map((label, j) => label - product(kept[j]!, slope));
      said += product(asked, slope);
      inputs = kept.map(moved);
      asked = moved(asked);
    }
    return said;
  });
}

describe("a stack with the weights of an algorithm is that algorithm, to roundoff", () => {
  test.each([1, 2, 5])("%d tied layers are so many steps of gradient descent", (k) => {
    const step = k === 1 ? optimalStep.value(law.population, { context: 7 }) : bestDescentStep(law.population, 7, k);
    const predictor = descent.make(k, site).tune(law.population, 7);
    const weights = descentWeights([{ step: scaled(identity(4), step) }]);
    const expected = predictor.predict(prompts).data;
    const found = made({ depth: k, tied: true }).forward(weights, prompts).data;
    expect(gap(found, expected)).toBeLessThan(64 * k * ROUNDOFF * largest(expected));
  });

  const skew: Rows = [
    [0.5, 0.2, 0, 0],
    [-0.1, 0.7, 0, 0.1],
    [0, 0, 0.4, 0],
    [0.3, 0, 0.2, 0.6],
  ];
  const steps: DescentStep[] = [
    { step: scaled(identity(4), 0.5), inputs: scaled(identity(4), 0.9) },
    { step: skew, inputs: scaled(skew, 0.6) },
    { step: scaled(skew, 2) },
  ];

  test("untied layers are steps of their own preconditioners, which move the inputs too (GD++)", () => {
    const found = made({ depth: 3 }).forward(descentWeights(steps), prompts).data;
    const expected = plusPlus(prompts, steps);
    expect(largest(expected)).toBeGreaterThan(1);
    expect(gap(found, expected)).toBeLessThan(64 * ROUNDOFF * largest(expected));
  });

  test("in any gauge", () => {
    const { KQ, PV } = descentWeights(steps);
    const scaledBy = (data: ArrayLike<number>, factor: number) => Float64Array.from(data, (entry) => entry * factor);
    const turned = { KQ: { ...KQ, data: scaledBy(KQ.data, -4) }, PV: { ...PV, data: scaledBy(PV.data, -0.25) } };
    const [one, other] = [{ KQ, PV }, turned].map((weights) => made({ depth: 3 }).forward(weights, prompts).data);
    expect(gap(one!, other!)).toBeLessThan(64 * ROUNDOFF * largest(one!));
  });

  test("damping multiplies every step", () => {
    const half = steps.map(({ step, inputs }) => ({ step: scaled(step, 0.5), ...(inputs && { inputs }) }));
    const found = made({ depth: 3, damping: 0.5 }).forward(descentWeights(steps), prompts).data;
    expect(gap(found, plusPlus(prompts, half))).toBeLessThan(64 * ROUNDOFF * largest(found));
  });
});

test("one layer of a stack is the layer of the same products, its layers those that are applied", () => {
  const mixer = made({ depth: 1, heads: 2, damping: 0.5, init: { scale: 0.5 } });
  const one = linear.make(linear.options.parse({ heads: 2 }), site);
  const weights = mixer.init(keyOf(8), 4);
  const [found, expected] = [mixer.forward(weights, prompts).data, one.forward(mixer.products(weights), prompts).data];
  expect(gap(found, expected)).toBeLessThan(64 * ROUNDOFF * largest(expected));

  const looped = made({ depth: 3, tied: true, damping: 0.5, init: { scale: 0.5 } });
  const own = looped.init(keyOf(9), 4);
  const unrolled = made({ depth: 3 }).forward(looped.layers!(own), prompts).data;
  const tied = looped.forward(own, prompts).data;
  expect(gap(tied, unrolled)).toBeLessThan(64 * ROUNDOFF * largest(tied));
});

test("factored weights are their products, one layer looped or each its own", () => {
  for (const tied of [true, false]) {
    const factored = made({ depth: 2, tied, heads: 2, weights: "factored", init: { scale: 0.4 } });
    const weights = factored.init(keyOf(10), 4);
    expect(Object.keys(weights)).toEqual(["K", "Q", "V", "P"]);
    expect(weights.K!.shape).toEqual([tied ? 1 : 2, 2, 5, 5]);
    const found = factored.forward(weights, prompts).data;
    const expected = made({ depth: 2, heads: 2 }).forward(factored.layers!(weights), prompts).data;
    expect(gap(found, expected)).toBeLessThan(64 * ROUNDOFF * largest(expected));
  }
});

test("interpolation does not depend on the gauges of its ends, and ends at them", () => {
  const mixer = made({ depth: 2 });
  const [a, b] = [0.3, 0.8].map((size) =>
    descentWeights([{ step: scaled(identity(4), size) }, { step: covariance, inputs: scaled(identity(4), size) }]),
  );
  const turned: Weights = {
    KQ: { ...a!.KQ, data: Float64Array.from(a!.KQ.data, (entry) => -3 * entry) },
    PV: { ...a!.PV, data: Float64Array.from(a!.PV.data, (entry) => entry / -3) },
  };
  const said = (weights: Weights) => mixer.forward(weights as never, prompts).data;
  const close = (found: ArrayLike<number>, expected: ArrayLike<number>) =>
    expect(gap(found, expected)).toBeLessThan(64 * ROUNDOFF * largest(expected));
  close(said(interpolated(turned, b!, 0.25)), said(interpolated(a!, b!, 0.25)));
  close(said(interpolated(turned, b!, 0)), said(a!));
  close(said(interpolated(turned, b!, 1)), said(b!));
  expect(gap(said(interpolated(a!, b!, 0.5)), said(a!))).toBeGreaterThan(0.01);
  expect(() => interpolated(a!, descentWeights([{ step: identity(4) }]), 0.5)).toThrow(
    "models are mixed entry by entry: KQ has shapes (2,1,5,5) and (1,1,5,5)",
  );
});

// Ahn et al. 2023, d = 5, n = 20: optimal steps by an optimiser over sampled spectra, near the published ones (Figures 2 and
// 4: .43, .69, 1.71 and B0 = .90, B1 = .57); risks are means over 2e6 Wishart matrices, or 6.8e-4 with moving inputs.
test.each([
  { steps: [0.7692], inputs: [], expected: 1.15385 },
  { steps: [0.5166, 1.2518], inputs: [], expected: 0.3607 },
  { steps: [0.4255, 0.6938, 1.7215], inputs: [], expected: 0.13314 },
  { steps: [0.38, 2.415, 9.615], inputs: [0.904, 0.564], expected: 6.8e-4 },
])("steps $steps, inputs moved by $inputs, have the risk $expected", ({ steps, inputs, expected }) => {
  const mixer = made({ depth: steps.length }, { features: 5, context: 20 });
  const found = risk(mixer, sizes(steps, inputs), isotropic, 20, 1500);
  expect(Math.abs(found.mean - expected)).toBeLessThan(5 * found.error);
});

describe("training", () => {
  let cpu: OpenCpu;
  beforeAll(async () => {
    cpu = await openCpu(2);
  });
  afterAll(() => cpu?.close());

  // To the constants of least risk: `tests/slow/stack.test.ts`.
  test("two looped layers learn to be better than the best two steps of descent", async () => {
    const mixer = made({ depth: 2, tied: true, init: { scale: 0.1 } }, { features: 5, context: 20 });
    const schedule = { steps: 500, batch: 128, rate: 0.03, clip: 1, decay: "cosine" } as const;
    const trial = trialOf({ mixer, law: isotropic, context: 20, key: keyOf(5) }, schedule);
    const { weights, status } = (await trained(cpu, [trial])).at(-1)!;
    expect(status).toBe("ok");
    const step = bestDescentStep(isotropic.population, 20, 2);
    const [learned, descended] = [weights, sizes([step])].map((at) => risk(mixer, at, isotropic, 20, 1000));
    expect(learned!.mean).toBeLessThan(descended!.mean);
  });

  // Bytes, as seconds would be the machine's: measured alone on 2 cores 0.4 s, and 0.15 s to the first chunk's sums.
  test("five layers at d = 10, n = 20 are a text of a quarter of a megabyte, as products are loops over rows", () => {
    const mixer = made({ depth: 5 }, { features: 10, context: 20 });
    const tenth = linearRegressionLaw({ features: 10 });
    const training = trainingProgram(trialProgram(tenth.program, mixer.program, 10, 20));
    expect(wasm(training, { unroll: 16 }).bytes.length).toBeLessThan(300_000);
  });
});

describe("bad options are told in a sentence", () => {
  test.each([
    ["depth: 0", "4:42: `depth` is 0; allowed: a whole number >= 1 and <= 64"],
    ["tied: true", "4:10: `depth` is missing; allowed: a whole number >= 1 and <= 64"],
    ["depth: 2, damping: 0", "4:54: `damping` is 0; allowed: a number > 0"],
    ["depth: 2, dampin: 1", "`dampin` is not a key here; did you mean `damping`?"],
    ["depth: 2, layer: relu", '`layer` is the text "relu"; allowed: linear-attention, softmax-attention'],
    ["depth: 2, layer: softmax-attention, normalize: own", "own weights of sum 1: leave `normalize` out"],
    ["depth: 2, normalize: trained", "normalize: trained divides by the one context length of training"],
  ])("of a study: %s", async (options, sentence) => {
    const model = `{ name: s, mixer: stack, ${options}, train: { steps: 1, batch: 1, rate: 1 } }`;
    const law = "law: { kind: gaussian-linear, features: 4 }\ncontext: { uniform: [1, 7] }";
    const study = `title: t\n${law}\nmodels: [${model}]\npredictors: [zero]\n`;
    await expect(parseStudy(study, "s", await loadCatalogue())).rejects.toThrow(sentence);
  });

  test("of the weights of descent", () => {
    expect(() => descentWeights([])).toThrow("at least one step");
    expect(() => descentWeights([{ step: [[1, 2]] }])).toThrow("matrices of 1 x 1 entries");
  });
});
