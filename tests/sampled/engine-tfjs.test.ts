import { afterAll, beforeAll, expect, test } from "@jest/globals";
import tfjsCpu from "../../src/backends/tfjs-cpu.js";
import type { OpenCpu } from "../../src/engine/cpu/backend.js";
import { linearRegressionLaw } from "../../src/laws/gaussian-linear.js";
import softmax from "../../src/mixers/softmax-attention.js";
import { flatten, layoutOf } from "../../src/training/flat-weights.js";
import { train } from "../../src/training/train.js";
import type { OpenTfjs, Schedule, Snapshot, Trial } from "../../src/types.js";
import { context, features, openCpu, softmaxMixer, trained, trialOf } from "../engine-trials.js";

let engine: OpenCpu;
let tfjs: OpenTfjs;
beforeAll(async () => {
  engine = await openCpu(2);
  const opened = await tfjsCpu.open();
  if (typeof opened === "string") throw new Error(opened);
  tfjs = opened;
});
afterAll(async () => {
  await engine.close();
  await tfjs.close();
});

async function byTfjs(trial: Trial): Promise<Snapshot[]> {
  const snapshots: Snapshot[] = [];
  for await (const snapshot of train([trial], { backend: tfjs })) snapshots.push(snapshot);
  return snapshots;
}

const norm = (vector: Float64Array): number => Math.sqrt(vector.reduce((sum, entry) => sum + entry * entry, 0));
const minus = (a: Float64Array, b: Float64Array): Float64Array => a.map((entry, i) => entry - b[i]!);

const betas = { betas: [0.9, 0.999], epsilon: 1e-8 } as const;
const covariance = [
  [2, 0.5, 0],
  [0.5, 1, 0.3],
  [0, 0.3, 0.5],
];
const correlated = linearRegressionLaw({ features, noise: 0.5, covariance });
const plainDescent = { kind: "sgd", momentum: 0 } as const;

/** More features than the engine writes out. */
const wide = 18;
const site = { features: wide, context };
const rolled: Partial<Trial> = {
  law: linearRegressionLaw({ features: wide, noise: 0.3 }),
  mixer: softmax.make(softmax.options.parse({ heads: 2, init: { scale: 0.1 } }), site),
};

const cases: Record<string, readonly [Partial<Trial>, Partial<Schedule>]> = {
  "gradient descent": [{}, { optimizer: plainDescent }],
  momentum: [{}, { optimizer: { kind: "sgd", momentum: 0.9 } }],
  adam: [{}, {}],
  adamw: [{}, { optimizer: { kind: "adamw", ...betas, weightDecay: 0.1 } }],
  "a clipped gradient": [{}, { optimizer: plainDescent, clip: 0.1 }],
  "half the loss, clipped": [{}, { optimizer: plainDescent, clip: 0.6, lossFactor: 0.5 }],
  "warm-up": [{}, { warmup: 5 }],
  "cosine decay": [{}, { decay: "cosine" }],
  "linear decay": [{}, { decay: "linear" }],
  "a rate halved every 4 updates": [{}, { decay: { halveEvery: 4 } }],
  "softmax attention": [{ mixer: softmaxMixer }, {}],
  "softmax attention by descent": [{ mixer: softmaxMixer }, { optimizer: { kind: "sgd", momentum: 0.9 } }],
  "lengths from none to all": [{ context: { uniform: [0, context] } }, {}],
  "a full covariance": [{ law: correlated }, {}],
  "features in a loop": [rolled, {}],
  "few pairs in place of 40": [{ prompts: "gram", context: 40 }, {}],
  "few pairs of a full covariance": [{ law: correlated, prompts: "gram", context: 1000 }, {}],
  "JAX's random numbers": [{ random: "threefry20-erfinv" }, {}],
  "other random numbers, few pairs": [{ random: "pcg4d-boxmuller", prompts: "gram", context: 9 }, {}],
  "mixed lengths, a full covariance and softmax": [
    { law: correlated, mixer: softmaxMixer, context: { uniform: [1, context] } },
    {},
  ],
};

/** Both round every prompt, prediction and gradient to float32: a few roundoffs, which 12 updates do not add up. */
const ROUNDOFFS = 16;

test.each(Object.entries(cases))(
  "with %s, the engine is the tfjs trainer to 16 roundoffs of float32",
  async (...at) => {
    const [, [change, scheduled]] = at;
    const trial = trialOf({ record: [0, 1, 2, 6, 12], ...change }, scheduled);
    const [ours, theirs] = [await trained(engine, [trial]), await byTfjs(trial)];
    expect(ours.map(({ trial, step, status }) => ({ trial, step, status }))).toEqual(
      theirs.map(({ trial, step, status }) => ({ trial, step, status })),
    );
    expect(ours[0]).toEqual(theirs[0]);
    const layout = layoutOf(ours[0]!.weights);
    const initial = flatten(layout, ours[0]!.weights);
    for (const [i, { loss, weights }] of ours.slice(1).entries()) {
      const right = theirs[i + 1]!;
      expect(Math.abs(loss! / right.loss! - 1)).toBeLessThan(ROUNDOFFS * engine.roundoff);
      const [mine, theirWeights] = [flatten(layout, weights), flatten(layout, right.weights)];
      const moved = norm(minus(theirWeights, initial));
      expect(moved).toBeGreaterThan(0);
      expect(norm(minus(mine, theirWeights)) / moved).toBeLessThan(ROUNDOFFS * engine.roundoff);
    }
  },
);

test("a huge rate ends with the snapshot that the tfjs trainer ends with, and other trials are unharmed", async () => {
  const huge = { optimizer: plainDescent, rate: 300, steps: 60 };
  const wild = trialOf({ record: [0, 1] }, huge);
  const infinite = trialOf({ mixer: softmaxMixer }, { optimizer: plainDescent, rate: 1e308, steps: 3 });
  const calm = trialOf({ record: [4] });
  const [alone, right, rightInfinite] = [await trained(engine, [calm]), await byTfjs(wild), await byTfjs(infinite)];
  const together = await trained(engine, [wild, calm, infinite]);
  expect(together.filter(({ trial }) => trial === 1).map((snapshot) => ({ ...snapshot, trial: 0 }))).toEqual(alone);
  const [last, rightLast] = [together.filter(({ trial }) => trial === 0).at(-1)!, right.at(-1)!];
  expect(last.status).toBe("diverged");
  expect(last.step).toBeLessThan(60);
  expect({ ...last, weights: null }).toEqual({ ...rightLast, weights: null });
  const layout = layoutOf(last.weights);
  const [mine, theirs] = [flatten(layout, last.weights), flatten(layout, rightLast.weights)];
  expect(mine.every(Number.isFinite)).toBe(true);
  // Every update multiplies the weights, and so what rounding does to them.
  expect(norm(minus(mine, theirs)) / norm(theirs)).toBeLessThan(ROUNDOFFS * last.step * engine.roundoff);
  const lastInfinite = together.filter(({ trial }) => trial === 2).at(-1)!;
  const rightStatus = rightInfinite.map(({ step, status }) => ({ step, status }));
  expect([lastInfinite].map(({ step, status }) => ({ step, status }))).toEqual(rightStatus);
  expect(flatten(layoutOf(lastInfinite.weights), lastInfinite.weights).every(Number.isFinite)).toBe(true);
});
