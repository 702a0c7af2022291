import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import type { OpenCpu } from "../src/engine/cpu/backend.js";
import { prepare } from "../src/engine/cpu/prepare.js";
import { linearRegressionLaw } from "../src/laws/gaussian-linear.js";
import { keyOf } from "../src/math/keys.js";
import linear from "../src/mixers/linear-attention.js";
import type { Snapshot } from "../src/types.js";
import { context, features, openCpu, softmaxMixer, trained, trialOf } from "./engine-trials.js";

const engines: OpenCpu[] = [];
beforeAll(async () => {
  for (const threads of [1, 2, 3]) engines.push(await openCpu(threads));
});
afterAll(async () => {
  for (const engine of engines) await engine.close();
});

const record = [0, 1, 2, 5, 12];

describe("one, two and three threads give the same snapshots bit for bit", () => {
  test.each([
    { batch: 384, of: "one chunk of prompts a thread" },
    { batch: 300, of: "a last chunk that is not full" },
    { batch: 1025, of: "nine chunks, of which the last has one prompt" },
    { batch: 50, of: "less than one chunk" },
    { batch: 1, of: "one prompt" },
  ])("$batch prompts: $of", async ({ batch }) => {
    for (const trial of [trialOf({ record }, { batch }), trialOf({ record, mixer: softmaxMixer }, { batch })]) {
      const runs: Snapshot[][] = [];
      for (const engine of engines) runs.push(await trained(engine, [trial]));
      expect(runs[0]!.map(({ step }) => step)).toEqual(record);
      expect(runs[1]).toEqual(runs[0]);
      expect(runs[2]).toEqual(runs[0]);
    }
  });

  test("over thousands of steps, in which threads take chunks in every order", async () => {
    const trial = trialOf({ record: [500, 1000, 2000] }, { steps: 2000, batch: 640 });
    const [one, , three] = engines;
    expect(await trained(three!, [trial])).toEqual(await trained(one!, [trial]));
  });
});

test("many trials at once are the trials one by one, bit for bit", async () => {
  const trials = [
    trialOf({ record }),
    trialOf({ record, mixer: softmaxMixer }, { batch: 77 }),
    trialOf({ record, key: keyOf(2) }, { steps: 30, optimizer: { kind: "sgd", momentum: 0.5 } }),
    trialOf({ record, context: { uniform: [0, context] } }, { clip: 0.1 }),
    trialOf({ record, law: linearRegressionLaw({ features, noise: 1 }) }, { steps: 3 }),
    trialOf({ record }, { steps: 0 }),
  ];
  const alone: Snapshot[][] = [];
  for (const trial of trials) alone.push(await trained(engines[0]!, [trial]));
  for (const engine of engines) {
    const together = await trained(engine, trials);
    for (const [index, right] of alone.entries()) {
      const own = together.filter(({ trial }) => trial === index);
      expect(own.map((snapshot) => ({ ...snapshot, trial: 0 }))).toEqual(right);
    }
  }
});

describe("trials that differ in numbers only run from one compiled kernel", () => {
  const kernelOf = (...at: Parameters<typeof trialOf>) => prepare(trialOf(...at)).job.kernel;
  const diagonal = (entries: readonly number[]) =>
    entries.map((entry, i) => entries.map((_, k) => (i === k ? entry : 0)));

  test.each([
    { numbers: "the noise", change: { law: linearRegressionLaw({ features, noise: 2 }) } },
    { numbers: "the key", change: { key: keyOf(9) } },
    {
      numbers: "the initial weights",
      change: { mixer: linear.make(linear.options.parse({ init: { scale: 7 } }), { features, context }) },
    },
  ])("$numbers", ({ change }) => {
    expect(kernelOf(change)).toBe(kernelOf());
  });

  test("the schedule, and the entries of a diagonal covariance", () => {
    expect(kernelOf({}, { batch: 5, rate: 1, clip: 2, lossFactor: 0.5, decay: "cosine" })).toBe(kernelOf());
    const [a, b] = [
      [1, 2, 3],
      [4, 5, 6],
    ].map((entries) => kernelOf({ law: linearRegressionLaw({ features, noise: 1, covariance: diagonal(entries) }) }));
    expect(a).toBe(b);
    expect(a).not.toBe(kernelOf());
  });

  test("but another context, mixer or number of features is another kernel", () => {
    const wider = linear.make(linear.options.parse({}), { features: features + 1, context });
    const kernels = [
      kernelOf(),
      kernelOf({ context: context + 1 }),
      kernelOf({ context: { uniform: [1, context] } }),
      kernelOf({ mixer: softmaxMixer }),
      kernelOf({ mixer: wider, law: linearRegressionLaw({ features: features + 1, noise: 0.3 }) }),
    ];
    expect(new Set(kernels).size).toBe(kernels.length);
  });
});
