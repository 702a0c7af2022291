import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import tfjsWasm from "../src/backends/tfjs-wasm.js";
import { linearRegressionLaw } from "../src/laws/gaussian-linear.js";
import { keyOf } from "../src/math/keys.js";
import linear from "../src/mixers/linear-attention.js";
import softmax from "../src/mixers/softmax-attention.js";
import { layerRisk } from "../src/theory/layer-risk.js";
import { batchOf } from "../src/training/batch.js";
import { flatten, layoutOf, unflatten } from "../src/training/flat-weights.js";
import { train } from "../src/training/train.js";
import type { OpenTfjs, Schedule, Snapshot, Trial } from "../src/types.js";

const features = 2;
const context = 8;
const law = linearRegressionLaw({ features, noise: 0.5 });
const mixer = linear.make(linear.options.parse({ init: { structured: 0.5 } }), { features, context });

const schedule: Schedule = {
  ...{ steps: 6, batch: 16, rate: 0.02, clip: null, warmup: 0, decay: "constant", lossFactor: 1 },
  optimizer: { kind: "adam", betas: [0.9, 0.999], epsilon: 1e-8 },
};

const trialOf = (change: Partial<Trial> = {}, scheduled: Partial<Schedule> = {}): Trial => ({
  ...{ mixer, law, context, key: keyOf(1), record: [], ...change },
  schedule: { ...schedule, ...scheduled },
});

let backend: OpenTfjs;
beforeAll(async () => {
  const opened = await tfjsWasm.open();
  if (typeof opened === "string") throw new Error(opened);
  backend = opened;
});
afterAll(() => backend.close());

async function run(trials: readonly Trial[], signal?: AbortSignal): Promise<Snapshot[]> {
  const snapshots: Snapshot[] = [];
  for await (const snapshot of train(trials, { backend, ...(signal && { signal }) })) snapshots.push(snapshot);
  return snapshots;
}

test("a trained layer reaches the exact optimum d (d + 1 + s2) / (n + d + 1 + s2) + s2, and no less", async () => {
  const s2 = 0.25;
  const optimum = (features * (features + 1 + s2)) / (context + features + 1 + s2) + s2;
  expect(optimum).toBeCloseTo(0.827778, 6);
  const [last] = await run([trialOf({}, { steps: 300, batch: 128, decay: "cosine" })]);
  const fresh = law.draw(keyOf(99), { from: 0, count: 20000 }, context);
  const losses = mixer.forward(last!.weights, fresh).data.map((p, b) => (p - fresh.answer.data[b]!) ** 2);
  const measured = meanAndError(Array.from(losses));
  // The closed form of these very weights has no error: the excess is far within 1 % of the optimum, and not below 0.
  const risk = layerRisk.value(law.population, { layer: mixer.products(last!.weights), context });
  expect(Math.abs(measured.mean - risk)).toBeLessThan(4 * measured.error);
  expect(risk).toBeLessThan(1.01 * optimum);
  expect(risk).toBeGreaterThan(optimum);
}, 30_000);

function meanAndError(values: readonly number[]): { mean: number; error: number } {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1);
  return { mean, error: Math.sqrt(variance / values.length) };
}

test("the same key gives the same snapshots bit for bit, beside other trials or alone; another key gives others", async () => {
  const drawn = softmax.make(softmax.options.parse({ heads: 2 }), { features, context });
  const trial = trialOf({ mixer: drawn, context: { uniform: [0, context] }, record: [0, 3] });
  const once = await run([trial]);
  const beside = (await run([trialOf(), trial])).filter((snapshot) => snapshot.trial === 1);
  expect(once.map(({ step }) => step)).toEqual([0, 3, 6]);
  expect(beside.map((snapshot) => ({ ...snapshot, trial: 0 }))).toEqual(once);
  const other = await run([trialOf({ mixer: drawn, record: [0], key: keyOf(2) })]);
  expect(other[0]!.weights).not.toEqual(once[0]!.weights);
  expect(other[1]!.weights).not.toEqual(once[2]!.weights);
});

test("a batch is a function of key and step alone, fresh every step", () => {
  expect(batchOf(trialOf(), 3)).toEqual(batchOf(trialOf({ mixer, record: [1] }, { rate: 1 }), 3));
  expect(batchOf(trialOf(), 3)).not.toEqual(batchOf(trialOf(), 4));
  const larger = batchOf(trialOf({}, { batch: 32 }), 3).answer.data.subarray(0, 16);
  expect([...batchOf(trialOf(), 3).answer.data]).toEqual([...larger]);
});

test("one step of SGD moves the weights by rate times the gradient of the factored loss", async () => {
  const trial = trialOf({ record: [0] }, { steps: 1, optimizer: { kind: "sgd", momentum: 0 }, lossFactor: 0.5 });
  const [before, after] = await run([trial]);
  const prompts = batchOf(trial, 1);
  const loss = (weights: Snapshot["weights"]): number => {
    const predictions = Array.from(mixer.forward(weights, prompts).data);
    return predictions.reduce((sum, p, b) => sum + (0.5 * (p - prompts.answer.data[b]!) ** 2) / schedule.batch, 0);
  };
  expect(before!.loss).toBeNull();
  expect(Math.abs(after!.loss! / loss(before!.weights) - 1)).toBeLessThan(64 * backend.roundoff);
  const layout = layoutOf(before!.weights);
  const [from, to] = [flatten(layout, before!.weights), flatten(layout, after!.weights)];
  const slopes = from.map((_, i) => {
    const at = (by: number) =>
      loss(
        unflatten(
          layout,
          Float64Array.from(from, (w, k) => (k === i ? w + by : w)),
        ),
      );
    return (at(2 ** -14) - at(-(2 ** -14))) / 2 ** -13;
  });
  const largest = Math.max(...slopes.map(Math.abs));
  for (const [i, slope] of slopes.entries())
    expect(Math.abs(from[i]! - to[i]! - schedule.rate * slope)).toBeLessThan(
      64 * backend.roundoff * schedule.rate * largest,
    );
});

describe("snapshots", () => {
  test("come at the wanted steps and at the last, in order, trial after trial", async () => {
    const snapshots = await run([trialOf({ record: [4, 0, 2, 99] }), trialOf()]);
    expect(snapshots.map(({ trial, step }) => [trial, step])).toEqual([
      ...[0, 2, 4, 6].map((step) => [0, step]),
      [1, 6],
    ]);
  });

  test("hold weights of their own, which later steps do not change", async () => {
    const snapshots = await run([trialOf({ record: [0, 1, 2] })]);
    const distinct = new Set(snapshots.map(({ weights }) => String(weights.KQ!.data)));
    expect(distinct.size).toBe(4);
    expect(snapshots[0]!.weights).toEqual(mixer.init(keyOf(7), features));
  });

  test("end a trial when `done` says so, and only that trial", async () => {
    const seen: number[] = [];
    const done = ({ step }: Snapshot): boolean => seen.push(step) > 0 && step >= 2;
    const snapshots = await run([trialOf({ record: [1, 2, 3], done }), trialOf()]);
    expect(snapshots.map(({ trial, step }) => [trial, step])).toEqual([
      [0, 1],
      [0, 2],
      [1, 6],
    ]);
    expect(seen).toEqual([1, 2]);
  });

  test("of no steps are the initial weights", async () => {
    expect((await run([trialOf({}, { steps: 0 })])).map(({ step, status }) => [step, status])).toEqual([[0, "ok"]]);
  });
});

describe("a diverging trial", () => {
  test.each([
    { why: "a loss beyond float32's sight", optimizer: { kind: "sgd", momentum: 0 }, rate: 1e8 },
    { why: "weights beyond float64", optimizer: { kind: "sgd", momentum: 0 }, rate: Number.MAX_VALUE },
    { why: "adam at a rate of 1e6", optimizer: schedule.optimizer, rate: 1e6 },
  ] as const)("ends with its last good weights and the others go on: $why", async ({ optimizer, rate }) => {
    const snapshots = await run([trialOf({ record: [0] }, { optimizer, rate }), trialOf()]);
    expect(snapshots.map(({ trial, status }) => [trial, status])).toEqual([
      [0, "ok"],
      [0, "diverged"],
      [1, "ok"],
    ]);
    expect(snapshots[1]!.step).toBeLessThan(6);
    // Whatever such a rate makes of the first update, the weights before it were the last good ones.
    expect(snapshots[1]!.weights).toEqual(snapshots[0]!.weights);
  });

  test("that was well for some steps keeps the last weights whose loss was seen to be good", async () => {
    let draws = 0;
    const broken: Trial["law"] = {
      ...law,
      draw(...which) {
        const prompts = law.draw(...which);
        draws += 1;
        if (draws === 5) prompts.answer.data.fill(Number.NaN);
        return prompts;
      },
    };
    const snapshots = await run([trialOf({ law: broken, record: [2, 3, 4] })]);
    expect(snapshots.map(({ step, status }) => [step, status])).toEqual([
      ...[2, 3, 4].map((step) => [step, "ok"]),
      [5, "diverged"],
    ]);
    // Step 4 had a good loss, of the weights that step 3 made.
    expect(snapshots[3]!.weights).toEqual(snapshots[1]!.weights);
  });

  test("has losses that JSON can hold", async () => {
    const [snapshot] = await run([trialOf({}, { rate: 1e6 })]);
    expect(snapshot!.loss).toBeNull();
    expect(snapshot!.status).toBe("diverged");
  });
});

test("no tensor is left behind by training, by stopping early or by divergence", async () => {
  const before = backend.tf.memory().numTensors;
  await run([trialOf({ record: [0, 1], done: ({ step }) => step === 1 }), trialOf({}, { rate: 1e6 }), trialOf()]);
  for await (const _ of train([trialOf({ record: [1] })], { backend })) break;
  expect(backend.tf.memory().numTensors).toBe(before);
});

describe("aborting", () => {
  test("stops within a second while other timers run, with the reason it was given", async () => {
    const controller = new AbortController();
    const reason = new Error("interrupted");
    setTimeout(() => controller.abort(reason), 100);
    const begun = performance.now();
    await expect(run([trialOf({}, { steps: 10000 })], controller.signal)).rejects.toBe(reason);
    expect(performance.now() - begun).toBeLessThan(1100);
  });

  test("before the start trains nothing, and between snapshots keeps those that were made", async () => {
    const controller = new AbortController();
    const made: number[] = [];
    const trial = trialOf({ record: [0, 1, 2, 3] });
    const aborted = (async () => {
      for await (const { step } of train([trial], { backend, signal: controller.signal }))
        if (made.push(step) === 3) controller.abort();
    })();
    await expect(aborted).rejects.toThrow(/abort/i);
    expect(made).toEqual([0, 1, 2]);
    await expect(run([trial], AbortSignal.abort())).rejects.toThrow(/abort/i);
  });
});

test.each([{ steps: 1.5 }, { steps: -1 }, { batch: 0 }, { warmup: 0.5 }])(
  "a schedule that cannot be is refused: %j",
  async (wrong) => {
    await expect(run([trialOf({}, wrong)])).rejects.toThrow(RangeError);
  },
);
