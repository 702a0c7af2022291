import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import tfjsCpu from "../src/backends/tfjs-cpu.js";
import { trialProgram } from "../src/engine/trial-program.js";
import { float64 } from "../src/kernels/float64.js";
import { instantiate } from "../src/kernels/instance.js";
import { type Program, squaredError } from "../src/kernels/program.js";
import { wasm } from "../src/kernels/webassembly.js";
import { linearRegressionLaw } from "../src/laws/gaussian-linear.js";
import { Draws } from "../src/math/draws.js";
import { foldIn, keyOf } from "../src/math/keys.js";
import { nd } from "../src/math/nd.js";
import softmax from "../src/mixers/softmax-attention.js";
import type { Key, Lengths, Mixer, OpenTfjs, Weights } from "../src/types.js";
import { mixerCases } from "./mixer-cases.js";
import { tensorGradient } from "./tensor-gradient.js";

const features = 3;
const key = keyOf(17);
const batch = 40;
const float32 = 2 ** -24;
const law = linearRegressionLaw({
  features,
  noise: 0.5,
  covariance: [1, 2, 3].map((_, i) => [0, 1, 2].map((j) => 0.5 ** Math.abs(i - j))),
});

/** Weights of a mixer's shapes that float32 holds, without any structure that its start may have. */
function weightsOf(mixer: Mixer, sd: number): Weights {
  const draw = (from: Key, count: number): Float64Array => {
    const draws = new Draws(from);
    return Float64Array.from({ length: count }, () => Math.fround(sd * draws.normal()));
  };
  const shaped = Object.entries(mixer.init(key, features));
  return Object.fromEntries(
    shaped.map(([name, { axes, shape, data }]) => [name, nd(axes, shape, draw(foldIn(key, name), data.length))]),
  );
}

const flat = (weights: Weights): Float64Array =>
  Float64Array.from(Object.values(weights).flatMap(({ data }) => [...data]));
const largest = (values: ArrayLike<number>): number => Array.from(values, Math.abs).reduce((a, b) => Math.max(a, b), 0);
const gap = (a: ArrayLike<number>, b: ArrayLike<number>): number => {
  expect(a.length).toBe(b.length);
  return Array.from(a, (value, i) => Math.abs(value - b[i]!)).reduce((most, x) => Math.max(most, x), 0);
};

/** Prompts that finite differences are taken over: each parameter costs four sums over them. */
const few = 8;

/** Central differences of fourth order of the loss summed over `few` prompts, by every parameter. */
function differences(of: Program, parameters: Float64Array, settings: Float64Array): Float64Array {
  const kernel = float64({
    ...of,
    body: (inputs) =>
      squaredError({ ...of, parameters: 0 })
        .body(inputs)
        .slice(0, 1),
  });
  return parameters.map((_, i) => {
    const at = (by: number): number => {
      const moved = parameters.map((value, k) => (k === i ? value + by : value));
      return kernel.sums({ parameters: moved, settings, key }, 0, few)[0]!;
    };
    const h = 2 ** -12;
    return (8 * (at(h) - at(-h)) - (at(2 * h) - at(-2 * h))) / (12 * h);
  });
}

let tfjs: OpenTfjs;
beforeAll(async () => {
  const opened = await tfjsCpu.open();
  if (typeof opened === "string") throw new Error(opened);
  tfjs = opened;
});
afterAll(() => tfjs.close());

const contexts: readonly Lengths[] = [5, { uniform: [0, 5] }];

describe.each(mixerCases({ features, context: 5 }))("$title", ({ mixer, degree }) => {
  const weights = weightsOf(mixer, 0.5);
  const parameters = flat(weights);
  const { settings } = law.program;

  test("its text reads as many parameters as its weights have entries", () => {
    expect(mixer.program.parameters(features)).toBe(parameters.length);
  });

  describe.each(contexts.map((context) => [JSON.stringify(context), context] as const))("context %s", (_, context) => {
    const model = trialProgram(law.program, mixer.program, features, context);
    const training = squaredError(model);
    const given = { parameters, settings, key };
    const prompts = law.draw(key, { from: 0, count: batch }, context);
    const sums = float64(training).sums(given, 0, batch);
    const slopes = sums.slice(1);

    test("a trial's predictions and answers are forward's and draw's on the same prompts", () => {
      const outputs = float64(model).each(given, 0, batch);
      const predictions = outputs.filter((_, at) => at % 2 === 0);
      const answers = outputs.filter((_, at) => at % 2 === 1);
      const reference = mixer.forward(weights, prompts).data;
      expect(largest(reference)).toBeGreaterThan(0.1);
      expect(gap(predictions, reference)).toBeLessThan(16 * Number.EPSILON * largest(reference));
      expect(gap(answers, prompts.answer.data)).toBeLessThan(16 * Number.EPSILON * largest(answers));
    });

    test.each([32, 2])(
      "WebAssembly gives the float64 predictions, loss and gradient, vectors unrolled to %d",
      (unroll) => {
        const [exact, rounded] = [
          float64(model).each(given, 0, batch),
          instantiate(wasm(model, { unroll })).each(given, 0, batch),
        ];
        expect(gap(exact, rounded)).toBeLessThan(16 * degree * float32 * largest(exact));
        const [loss, ...gradient] = instantiate(wasm(training, { unroll })).sums(given, 0, batch);
        expect(Math.abs(loss! - sums[0]!)).toBeLessThan(16 * degree * float32 * sums[0]!);
        expect(gap(gradient, slopes)).toBeLessThan(32 * degree * float32 * largest(slopes));
      },
    );

    test("the gradient by reverse mode is the finite difference of the loss to 1e-6", () => {
      const expected = differences(model, parameters, settings);
      expect(largest(expected)).toBeGreaterThan(1);
      const found = float64(training).sums(given, 0, few).slice(1);
      expect(gap(found, expected)).toBeLessThan(1e-6 * largest(expected));
    });

    test("and it is tfjs's within 64 roundoffs", async () => {
      const gradients = await tensorGradient(tfjs.tf, mixer, weights, prompts);
      const actual = Float64Array.from(
        gradients.flatMap((gradient) => [...gradient]),
        (slope) => slope * batch,
      );
      expect(gap(actual, slopes)).toBeLessThan(64 * tfjs.roundoff * largest(slopes));
    });
  });

  test("without pairs predictions and gradients are 0", () => {
    for (const context of [0, { uniform: [0, 0] }] as const) {
      const model = trialProgram(law.program, mixer.program, features, context);
      const given = { parameters, settings, key };
      for (const kernel of [float64(model), instantiate(wasm(model))])
        expect([...kernel.each(given, 0, 4)].filter((_, at) => at % 2 === 0).map(Math.abs)).toEqual([0, 0, 0, 0]);
      for (const kernel of [float64(squaredError(model)), instantiate(wasm(squaredError(model)))])
        expect(largest(kernel.sums(given, 0, 4).slice(1))).toBe(0);
    }
  });
});

test("softmax attention is right for scores of 10,000 in float32, and so is its gradient", () => {
  const mixer = softmax.make(softmax.options.parse({ heads: 2 }), { features, context: 8 });
  const weights = weightsOf(mixer, 1);
  const sharp = { ...weights, KQ: { ...weights.KQ!, data: weights.KQ!.data.map((entry) => 2048 * entry) } };
  const given = { parameters: flat(sharp), settings: law.program.settings, key };
  const training = squaredError(trialProgram(law.program, mixer.program, features, 8));
  const prompts = law.draw(key, { from: 0, count: batch }, 8);
  const scores = largest(mixer.products(sharp).KQ.data) * largest(prompts.x.data) * largest(prompts.query.data);
  expect(scores).toBeGreaterThan(10_000);
  const [exact, rounded] = [float64(training), instantiate(wasm(training))].map((kernel) =>
    kernel.sums(given, 0, batch),
  );
  // A rounding of a score changes the weights' logarithms by so much.
  const relative = 16 * float32 * scores;
  expect(relative).toBeLessThan(0.1);
  expect(Array.from(rounded!).every(Number.isFinite)).toBe(true);
  expect(gap(rounded!, exact!)).toBeLessThan(relative * largest(exact!));
});
