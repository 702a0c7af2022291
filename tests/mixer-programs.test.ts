import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import tfjsCpu from "../src/backends/tfjs-cpu.js";
import { gap, largest } from "../src/contracts/gap.js";
import { mixerProgramContract } from "../src/contracts/mixer-program.js";
import { context, features, randomWeights } from "../src/contracts/mixer-prompts.js";
import { trialProgram } from "../src/engine/trial-program.js";
import { float64 } from "../src/kernels/float64.js";
import { instantiate } from "../src/kernels/instance.js";
import { squaredError } from "../src/kernels/program.js";
import { wasm } from "../src/kernels/webassembly.js";
import { linearRegressionLaw } from "../src/laws/gaussian-linear.js";
import { keyOf } from "../src/math/keys.js";
import softmax from "../src/mixers/softmax-attention.js";
import type { OpenTfjs } from "../src/types.js";
import { mixerCases } from "./mixer-cases.js";

let tfjs: OpenTfjs;
beforeAll(async () => {
  const opened = await tfjsCpu.open();
  if (typeof opened === "string") throw new Error(opened);
  tfjs = opened;
});
afterAll(() => tfjs.close());

describe.each(mixerCases({ features, context }))("$title", ({ mixer, degree }) => {
  for (const { says, check } of mixerProgramContract(mixer, degree, () => tfjs)) test(says, check);
});

test("softmax attention is right for scores of 10,000 in float32, and so is its gradient", () => {
  const [key, batch, float32] = [keyOf(17), 40, 2 ** -24];
  const law = linearRegressionLaw({ features, noise: 0.5 });
  const mixer = softmax.make(softmax.options.parse({ heads: 2 }), { features, context: 8 });
  const weights = randomWeights(mixer, 17, 1);
  const sharp = { ...weights, KQ: { ...weights.KQ!, data: weights.KQ!.data.map((entry) => 2048 * entry) } };
  const given = {
    parameters: Object.values(sharp).flatMap(({ data }) => [...data]),
    settings: law.program.settings,
    key,
  };
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
