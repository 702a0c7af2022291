/** @jest-environment ./tests/system/swiftshader-environment.mjs */
import { afterAll, afterEach, beforeAll, describe, expect, test } from "@jest/globals";
import tfjsCpu from "../../src/backends/tfjs-cpu.js";
import type { OpenCpu } from "../../src/engine/cpu/backend.js";
import { type OpenWebgpu, webgpuBackend } from "../../src/engine/webgpu/backend.js";
import { entrantOf, initialModels, recordsOf } from "../../src/engine/webgpu/entrants.js";
import { fusedPlan } from "../../src/engine/webgpu/fused-plan.js";
import { paceTable } from "../../src/engine/webgpu/paces.js";
import { type Plan, planOf, type Request } from "../../src/engine/webgpu/plan.js";
import { requestOf } from "../../src/engine/webgpu/request-of.js";
import { splitPlan } from "../../src/engine/webgpu/split-plan.js";
import { train } from "../../src/engine/webgpu/train.js";
import { compile, registerTrainSteps, trainSteps } from "../../src/engine/webgpu/train-steps.js";
import type { Traits } from "../../src/engine/webgpu/traits.js";
import { linearRegressionLaw } from "../../src/laws/gaussian-linear.js";
import { keyOf } from "../../src/math/keys.js";
import linear from "../../src/mixers/linear-attention.js";
import { flatten, layoutOf } from "../../src/training/flat-weights.js";
import type { Optimizer, Schedule, Snapshot, Trial } from "../../src/types.js";
import { linearMixer, openCpu, softmaxMixer, trained, trialOf } from "../engine-trials.js";
import { lawCases } from "../law-cases.js";
import { mixerCases } from "../mixer-cases.js";

/** Largest distance of weights from the CPU engine's, in roundoffs of float32 relative to their norm. */
const ROUNDOFFS = 16;

let cpu: OpenCpu;
beforeAll(async () => {
  cpu = await openCpu(2);
});
const opened: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const backend of opened.splice(0)) await backend.close();
});
afterAll(() => cpu.close());

/** The engine on SwiftShader. A machine without it fails here, with the engine's own sentence. */
async function openGpu(plan?: (request: Request, traits: Traits) => Plan): Promise<OpenWebgpu> {
  const answer = await webgpuBackend(plan).open();
  if (typeof answer === "string") throw new Error(answer);
  opened.push(answer);
  return answer;
}

async function onGpu(backend: OpenWebgpu, trials: readonly Trial[], signal?: AbortSignal): Promise<Snapshot[]> {
  const snapshots: Snapshot[] = [];
  for await (const snapshot of train(trials, { backend, ...(signal && { signal }) })) snapshots.push(snapshot);
  return snapshots;
}

const flat = ({ weights }: Snapshot): Float64Array => flatten(layoutOf(weights), weights);
const norm = (vector: ArrayLike<number>): number => Math.hypot(...Array.from(vector));
const inOrder = (snapshots: readonly Snapshot[]): Snapshot[] =>
  [...snapshots].sort((a, b) => a.trial - b.trial || a.step - b.step);

/** Every snapshot of the second list has its equal in the first, up to rounding. */
function expectEqual(found: readonly Snapshot[], right: readonly Snapshot[], roundoffs = ROUNDOFFS): void {
  const told = ({ trial, step, status }: Snapshot) => ({ trial, step, status });
  const [ours, theirs] = [inOrder(found), inOrder(right)];
  expect(ours.map(told)).toEqual(theirs.map(told));
  for (const [i, snapshot] of theirs.entries()) {
    const weights = flat(snapshot);
    const off = norm(weights.map((weight, q) => weight - flat(ours[i]!)[q]!));
    expect(off).toBeLessThanOrEqual(roundoffs * cpu.roundoff * norm(weights));
    if (snapshot.loss === null) expect(ours[i]!.loss).toBeNull();
    else expect(Math.abs(ours[i]!.loss! / snapshot.loss - 1)).toBeLessThan(roundoffs * cpu.roundoff);
  }
}

const moments = { betas: [0.9, 0.999], epsilon: 1e-8 } as const;
const optimizers: readonly Optimizer[] = [
  { kind: "sgd", momentum: 0.9 },
  { kind: "adam", ...moments },
  { kind: "adamw", ...moments, weightDecay: 0.1 },
];

describe("every law, mixer and optimiser", () => {
  const [features, context] = [2, 3];
  const laws = lawCases();
  const mixers = mixerCases({ features, context });
  const schedule: Schedule = {
    ...{ steps: 3, batch: 24, rate: 0.01, clip: null, warmup: 0, decay: "constant", lossFactor: 1 },
    optimizer: optimizers[0]!,
  };
  // Each law under a linear, a softmax or a stacked mixer, and each mixer on one law: every kernel takes a second. The
  // kernels of all pairs are compiled by tests/sampled/engine-webgpu-text.test.ts. A series in its own unit has scores of
  // thousands, which leave a softmax no digit of its gradient to agree in: it is predicted by linear attention.
  const [first, ...others] = ["linear-attention", "softmax-attention", "stack"].map((name) =>
    mixers.findIndex(({ title }) => title.startsWith(`${name} `)),
  );
  const taken = (title: string, l: number) => (title.startsWith("series") ? first! : [first!, ...others][l % 3]!);
  const plain = laws.flatMap(({ title }, l) => (title.startsWith("series") ? [] : [l]));
  const pairs = laws.flatMap(({ title, law }, l) =>
    mixers.flatMap((of, m) =>
      taken(title, l) === m || plain[m % plain.length] === l
        ? [{ title: `${of.title} on ${title}`, law, mixer: of.mixer, l, m }]
        : [],
    ),
  );
  const trials = pairs.flatMap(({ law, mixer, l, m }): Trial[] =>
    optimizers.map((optimizer, o) => ({
      ...{ mixer, law, context, key: keyOf(100 * l + m), record: [0, 1] },
      schedule: { ...schedule, optimizer, clip: o === 0 ? 0.5 : null, lossFactor: o === 1 ? 0.5 : 1 },
    })),
  );
  let [ours, right]: Snapshot[][] = [[], []];
  beforeAll(async () => {
    right = await trained(cpu, trials);
    const backend = await openGpu();
    ours = await onGpu(backend, trials);
    await backend.close();
  }, 170_000);

  test("each law, mixer and optimiser is among them, with each of the others' kinds", () => {
    expect(new Set(pairs.map(({ l }) => l)).size).toBe(laws.length);
    expect(new Set(pairs.map(({ m }) => m)).size).toBe(mixers.length);
  });

  test.each(pairs.map(({ title }, i) => [title, i] as const))(
    "%s: three updates by each optimiser are the CPU engine's",
    (_, i) => {
      const own = ({ trial }: Snapshot) => Math.floor(trial / optimizers.length) === i;
      expect(ours!.filter(own).length).toBe(3 * optimizers.length);
      expectEqual(ours!.filter(own), right!.filter(own), 64);
    },
  );
});

describe("a sweep", () => {
  test("reaches the closed form (d (d + 1 + s2)) / (n + d + 1 + s2) + s2 in every one of its models", async () => {
    const [d, n, s2] = [2, 8, 0.25];
    const optimum = (d * (d + 1 + s2)) / (n + d + 1 + s2) + s2;
    const law = linearRegressionLaw({ features: d, noise: Math.sqrt(s2) });
    const mixer = linear.make(linear.options.parse({ init: { structured: 0.1 } }), { features: d, context: n });
    const models = [1, 2, 3, 4].map((seed) =>
      trialOf({ law, mixer, context: n, key: keyOf(seed) }, { steps: 400, batch: 128, rate: 0.03, decay: "cosine" }),
    );
    const ends = await onGpu(await openGpu(), models);
    const fresh = law.draw(keyOf(7), { from: 0, count: 20_000 }, n);
    for (const { weights } of ends) {
      const squares = Array.from(mixer.forward(weights, fresh).data, (p, b) => (p - fresh.answer.data[b]!) ** 2);
      const mean = squares.reduce((sum, square) => sum + square, 0) / squares.length;
      const variance = squares.reduce((sum, square) => sum + (square - mean) ** 2, 0) / squares.length;
      const error = Math.sqrt(variance / squares.length);
      // A few hundred updates leave an excess of a percent or two; nothing gets below the optimum.
      expect(mean).toBeGreaterThan(optimum - 4 * error);
      expect(mean).toBeLessThan(1.03 * optimum + 4 * error);
    }
  }, 60_000);

  test("holds trials that differ in law numbers, rate, schedule, batch, length and clip, and each is as if alone", async () => {
    const noisy = linearRegressionLaw({ features: 3, noise: 0.9 });
    const trials = [
      trialOf({ record: [0, 1, 5] }),
      trialOf({ key: keyOf(2), law: noisy }, { steps: 7, rate: 0.1, optimizer: optimizers[0]!, clip: 0.1 }),
      trialOf({ key: keyOf(3) }, { batch: 65, warmup: 5, decay: "linear", optimizer: optimizers[2]! }),
      trialOf({ key: keyOf(4) }, { decay: { halveEvery: 4 }, lossFactor: 0.5 }),
      trialOf({ key: keyOf(5) }, { steps: 0 }),
    ];
    const backend = await openGpu();
    const together = await onGpu(backend, trials);
    expectEqual(together, await trained(cpu, trials));
    const alone = await onGpu(backend, [trials[1]!]);
    expect(together.filter(({ trial }) => trial === 1).map((snapshot) => ({ ...snapshot, trial: 0 }))).toEqual(alone);
  }, 60_000);

  test("adds up updates that float32 weights would not feel", async () => {
    const trial = trialOf({ record: [0] }, { steps: 400, batch: 4, rate: 1e-9 });
    const [first, last] = (await onGpu(await openGpu(), [trial])).map(flat);
    const right = flat((await trained(cpu, [trial])).at(-1)!);
    const moved = right.map((weight, q) => weight - first![q]!);
    // An update is at most a fifteenth of a roundoff of weights of size 0.3, and all of them several roundoffs.
    expect(Math.max(...moved.map(Math.abs))).toBeGreaterThan(4 * cpu.roundoff * 0.3);
    last!.forEach((weight, q) => {
      expect(Math.abs(weight - right[q]!)).toBeLessThan(2 * cpu.roundoff * Math.abs(right[q]!));
    });
  }, 60_000);

  test("ends a trial that diverges, by its loss or its update, and one whose `done` says so, without the others", async () => {
    const huge = { optimizer: { kind: "sgd", momentum: 0 }, rate: 300, steps: 60 } as const;
    const trials = [
      trialOf({ record: [0, 1] }, huge),
      trialOf({ key: keyOf(2), record: [2, 4], done: ({ step }) => step === 4 }),
      trialOf({ key: keyOf(3) }),
      trialOf({ key: keyOf(4) }, { ...huge, rate: 3e38 }),
    ];
    const [ours, right] = [await onGpu(await openGpu(), trials), await trained(cpu, trials)];
    const of = (snapshots: readonly Snapshot[], trial: number) =>
      snapshots.filter((snapshot) => snapshot.trial === trial);
    for (const trial of [1, 2]) expectEqual(of(ours, trial), of(right, trial));
    expect(of(ours, 1).map(({ step }) => step)).toEqual([2, 4]);
    const [last, lastRight] = [of(ours, 0).at(-1)!, of(right, 0).at(-1)!];
    expect({ ...last, weights: null }).toEqual({ ...lastRight, weights: null });
    // Every update multiplies the weights, and so what rounding does to them.
    expect(norm(flat(last).map((weight, q) => weight - flat(lastRight)[q]!)) / norm(flat(lastRight))).toBeLessThan(
      ROUNDOFFS * last.step * cpu.roundoff,
    );
    const infinite = of(ours, 3).at(-1)!;
    expect(infinite.status).toBe("diverged");
    expect(flat(infinite).every(Number.isFinite)).toBe(true);
  }, 60_000);
});

describe("ways to train", () => {
  const clipped = { clip: 0.1, optimizer: optimizers[0]! };
  const trials = [trialOf({ record: [0, 1] }), trialOf({ key: keyOf(2) }, clipped)];
  const wide = linear.make(linear.options.parse({ init: { scale: 0.1 } }), { features: 40, context: 4 });
  const ways: Record<string, readonly [(request: Request, traits: Traits) => Plan, readonly Trial[]]> = {
    "weights in registers, four lanes a prompt": [
      (request, traits) => fusedPlan(request, traits, { lanes: 64, perPrompt: 4, groups: 1, resident: true })!,
      trials,
    ],
    "softmax and mixed lengths, two lanes a prompt": [
      (request, traits) => fusedPlan(request, traits, { lanes: 32, perPrompt: 2, groups: 1, resident: true })!,
      [trialOf({ mixer: softmaxMixer, context: { uniform: [0, 6] } })],
    ],
    "two dispatches an update, three workgroups a model": [
      (request, traits) => splitPlan(request, { ...traits, workgroupBytes: 16384 }, { lanes: 32, groups: 3 }),
      trials,
    ],
    "a gradient in private memory, weights beyond workgroup memory": [
      (request, traits) => splitPlan(request, { ...traits, workgroupBytes: 9000 }, { lanes: 32, groups: 2 }),
      [
        trialOf(
          { law: linearRegressionLaw({ features: 40 }), mixer: wide, context: 4 },
          { steps: 3, batch: 48, rate: 0.001 },
        ),
      ],
    ],
    "two workgroups that wait for each other": [
      (request, traits) => fusedPlan(request, traits, { lanes: 64, perPrompt: 1, groups: 2, resident: true })!,
      [trialOf({ record: [0, 1] })],
    ],
  };

  test.each(Object.entries(ways))(
    "%s: the CPU engine's weights",
    async (_, [plan, chosen]) => {
      expectEqual(await onGpu(await openGpu(plan), chosen), await trained(cpu, chosen));
    },
    60_000,
  );

  test("workgroups that do not run together give up, and the training goes on without", async () => {
    const tried: boolean[] = [];
    const backend = await openGpu((request, traits) => {
      tried.push(traits.together);
      if (tried.length > 1) return planOf(request, traits);
      // SwiftShader runs two at a time on two cores.
      return fusedPlan(request, traits, { lanes: 64, perPrompt: 1, groups: 32, resident: true })!;
    });
    const chosen = [trialOf({ record: [0, 1] }, { batch: 2048 })];
    expectEqual(await onGpu(backend, chosen), await trained(cpu, chosen));
    expect(tried.length).toBe(2);
    expect(backend.adapter).toContain("one workgroup a model and dispatch");
  }, 60_000);
});

describe("a device that fails", () => {
  test("is replaced when it is lost in the middle of a training, which ends as if nothing had happened", async () => {
    const backend = await openGpu();
    const chosen = [trialOf({ record: [3, 6, 9] }), trialOf({ key: keyOf(2), record: [5] })];
    const right = await onGpu(backend, chosen);
    const first = backend.device;
    const found: Snapshot[] = [];
    for await (const snapshot of train(chosen, { backend })) {
      found.push(snapshot);
      if (snapshot.step === 5) first.destroy();
    }
    expect(backend.device).not.toBe(first);
    expect(inOrder(found)).toEqual(inOrder(right));
  }, 60_000);

  test("without room for a launch gets it in two halves", async () => {
    const chosen = [1, 2, 3, 4, 5].map((seed) => trialOf({ key: keyOf(seed) }, { steps: 2 }));
    const asked: number[] = [];
    const backend = await openGpu((request, traits) => {
      asked.push(request.models);
      return planOf(request, traits);
    });
    const { device } = backend;
    const pop = device.popErrorScope.bind(device);
    let scopes = 0;
    // Scopes are popped in twos, memory first. A device that has room for two models:
    device.popErrorScope = async () => {
      const answer = await pop();
      scopes += 1;
      return scopes % 2 === 1 && asked.at(-1)! > 2 ? ({ message: "no room" } as GPUOutOfMemoryError) : answer;
    };
    const found = await onGpu(backend, chosen);
    expect(asked).toEqual([5, 3, 2, 1, 2]);
    expectEqual(found, await trained(cpu, chosen));
  }, 60_000);

  test("says what it does not like in one sentence", async () => {
    const backend = await openGpu((request, traits) => {
      const plan = planOf(request, traits);
      return {
        ...plan,
        kernels: plan.kernels.map(({ text, groups }) => ({ text: `${text}\nfn f() -> f32 { return 1u; }`, groups })),
      };
    });
    await expect(onGpu(backend, [trialOf()])).rejects.toThrow(
      /^the adapter's compiler refuses the kernel: [^\n]*u32[^\n]*$/,
    );
  }, 60_000);

  test("that answers with the weights it was given is found out", async () => {
    const backend = await openGpu((request, traits) => {
      const plan = planOf(request, traits);
      const still = (text: string) =>
        text.replace("for (var step = launch.first; step <= last; step++)", "for (var step = 1u; step < 1u; step++)");
      return { ...plan, kernels: plan.kernels.map(({ text, groups }) => ({ text: still(text), groups })) };
    });
    await expect(onGpu(backend, [trialOf()])).rejects.toThrow(
      "the GPU did not train: asked for 12 updates, it answered with",
    );
  }, 60_000);

  test("stops within a dispatch when it is asked to", async () => {
    const stop = new AbortController();
    const backend = await openGpu();
    const endless = trialOf({ record: [1] }, { steps: 1_000_000 });
    const run = (async () => {
      for await (const _ of train([endless], { backend, signal: stop.signal })) stop.abort(new Error("enough"));
    })();
    await expect(run).rejects.toThrow("enough");
  }, 60_000);
});

describe("the tfjs kernel TrainSteps", () => {
  const entrants = [1, 2].map((seed) => entrantOf(trialOf({ key: keyOf(seed), mixer: linearMixer }), seed - 1));
  const { weights, memory } = initialModels(entrants);
  const records = recordsOf(entrants);
  const size = weights.length / 2;
  const given = (tf: OpenWebgpu["tf"]) => ({
    weights: tf.tensor2d(weights, [2, size]),
    memory: tf.tensor2d(memory, [2, memory.length / 2]),
    trials: tf.tensor2d(records.trials, [2, records.words], "int32"),
    numbers: tf.tensor1d(records.numbers),
    paces: tf.tensor3d(paceTable(records.paces, 1, 4), [1, 4, 3]),
  });

  test("gives tensors that flow into operations on the device, twice in a row, and leaves its inputs as they were", async () => {
    const backend = await openGpu();
    const { tf, device } = backend;
    const plan = planOf(requestOf(entrants), backend.traits);
    await compile(device, plan);
    const inputs = given(tf);
    const before = tf.memory().numTensors;
    const halfway = trainSteps(tf, plan, inputs, { first: 1, last: 2, origin: 1 });
    const all = trainSteps(tf, plan, { ...inputs, ...halfway }, { first: 3, last: 4, origin: 1 });
    // Between the kernel and the sum there is no copy to the host: its data have not been asked for.
    const sums = tf.sum(all.weights, 1);
    expect(tf.memory().numTensors).toBe(before + 5);
    const found = await sums.data();
    const right = await trained(
      cpu,
      entrants.map(({ trial }) => ({ ...trial, record: [4] })),
    );
    for (const { trial, ...snapshot } of right.filter(({ step }) => step === 4)) {
      const own = flat({ trial, ...snapshot });
      const sum = own.reduce((total, weight) => total + weight, 0);
      expect(Math.abs(found[trial]! - sum)).toBeLessThan(ROUNDOFFS * cpu.roundoff * norm(own) * Math.sqrt(size));
    }
    expect([...(await inputs.weights.data())]).toEqual([...weights]);
  }, 60_000);

  test("is the same on tfjs's JavaScript backend", async () => {
    const backend = await openGpu();
    const plan = planOf(requestOf(entrants), backend.traits);
    await compile(backend.device, plan);
    const steps = { first: 1, last: 4, origin: 1 };
    const made = trainSteps(backend.tf, plan, given(backend.tf), steps);
    const [ours, tails] = [await made.weights.data(), await made.memory.data()];
    await backend.close();
    const js = await tfjsCpu.open();
    if (typeof js === "string") throw new Error(js);
    opened.push(js);
    registerTrainSteps(js.tf);
    const again = trainSteps(js.tf, plan, given(js.tf), steps);
    const right = await again.weights.data();
    expect(norm(right)).toBeGreaterThan(0);
    expect(norm(right.map((weight, q) => weight - ours[q]!))).toBeLessThan(ROUNDOFFS * cpu.roundoff * norm(right));
    // Status and update of each model, behind its memory.
    const width = memory.length / 2;
    const rightTails = await again.memory.data();
    for (const model of [0, 1])
      expect([...rightTails.subarray(model * width + 4 * size, model * width + 4 * size + 2)]).toEqual([
        ...tails.subarray(model * width + 4 * size, model * width + 4 * size + 2),
      ]);
  }, 60_000);
});
