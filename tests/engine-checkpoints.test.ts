import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import tfjsCpu from "../src/backends/tfjs-cpu.js";
import type { OpenCpu } from "../src/engine/cpu/backend.js";
import { train as trainOnCpu } from "../src/engine/cpu/train.js";
import { train as trainOnTfjs } from "../src/training/train.js";
import type { Checkpoint, Checkpoints, OpenTfjs, Optimizer, Snapshot, Trial } from "../src/types.js";
import { openCpu, trialOf } from "./engine-trials.js";

let engines: readonly OpenCpu[];
let tfjs: OpenTfjs;
beforeAll(async () => {
  engines = [await openCpu(1), await openCpu(3)];
  tfjs = (await tfjsCpu.open()) as OpenTfjs;
});
afterAll(async () => {
  for (const backend of [...engines, tfjs]) await backend.close();
});

type Trainer = (trials: readonly Trial[], checkpoints: Checkpoints) => AsyncIterable<Snapshot>;

const trainers: readonly (readonly [string, () => Trainer])[] = [
  [
    "the CPU engine on one thread",
    () => (trials, checkpoints) => trainOnCpu(trials, { backend: engines[0]!, checkpoints }),
  ],
  [
    "the CPU engine on three threads",
    () => (trials, checkpoints) => trainOnCpu(trials, { backend: engines[1]!, checkpoints }),
  ],
  ["the tfjs trainer", () => (trials, checkpoints) => trainOnTfjs(trials, { backend: tfjs, checkpoints })],
];

/** What a training gives out: snapshots and checkpoints in the order in which they come. */
async function all(train: Trainer, trials: readonly Trial[], on: Partial<Checkpoints> = {}) {
  const found: { readonly snapshots: Snapshot[]; readonly kept: Checkpoint[] } = { snapshots: [], kept: [] };
  const checkpoints: Checkpoints = {
    ...{ every: 0, from: new Map(), ended: new Map(), refuse: () => {} },
    // As it is at that moment: no later update may change it.
    keep: (standing) => {
      for (const each of structuredClone(standing)) {
        const given = found.snapshots.filter(({ trial }) => trial === each.trial);
        expect(given.every(({ step }) => step <= each.step)).toBe(true);
        const before = on.from?.get(each.trial)?.step ?? -1;
        const due = trials[each.trial]!.record.filter((step) => step > before && step <= each.step);
        expect(due).toHaveLength(given.length);
        found.kept.push(each);
      }
    },
    ...on,
  };
  for await (const snapshot of train(trials, checkpoints)) found.snapshots.push(snapshot);
  return found;
}

const moments = { betas: [0.9, 0.999], epsilon: 1e-8 } as const;
const optimizers: readonly Optimizer[] = [
  { kind: "sgd", momentum: 0.9 },
  { kind: "adam", ...moments },
  { kind: "adamw", ...moments, weightDecay: 0.1 },
];

describe.each(trainers)("%s", (_, open) => {
  test.each(optimizers)("goes on from every checkpoint bit for bit: %p", async (optimizer) => {
    const trial = trialOf(
      { record: [0, 3, 7] },
      { optimizer, steps: 10, batch: 150, clip: 0.5, warmup: 3, decay: "cosine" },
    );
    const whole = await all(open(), [trial]);
    expect(whole.snapshots.map(({ step }) => step)).toEqual([0, 3, 7, 10]);
    expect(whole.kept.map(({ step }) => step)).toEqual(expect.arrayContaining([1, 3, 5, 9]));
    for (const checkpoint of whole.kept) {
      const rest = await all(open(), [trial], { from: new Map([[0, checkpoint]]) });
      expect(rest.snapshots).toEqual(whole.snapshots.filter(({ step }) => step > checkpoint.step));
    }
  });

  test("trains the others where some trials have ended or stand further on, and all as if alone", async () => {
    const trials = [1, 2, 3].map((rate) => trialOf({ record: [2] }, { steps: 6, batch: 40, rate: rate / 100 }));
    const whole = await all(open(), trials);
    const at = whole.kept.find(({ trial, step }) => trial === 2 && step === 3)!;
    const rest = await all(open(), trials, { from: new Map([[2, at]]), ended: new Map([[0, 6]]) });
    const left = whole.snapshots.filter(({ trial, step }) => trial === 1 || (trial === 2 && step > 3));
    const inOrder = (some: readonly Snapshot[]) => [...some].sort((a, b) => a.trial - b.trial || a.step - b.step);
    expect(inOrder(rest.snapshots)).toEqual(inOrder(left));
  });

  test("that diverges after a checkpoint ends with the same last good weights", async () => {
    const trial = trialOf({}, { steps: 60, batch: 40, rate: 30, optimizer: { kind: "sgd", momentum: 0 } });
    const whole = await all(open(), [trial]);
    expect(whole.snapshots).toMatchObject([{ status: "diverged" }]);
    const last = whole.kept.at(-1)!;
    expect(last.step).toBeLessThan(whole.snapshots[0]!.step);
    const rest = await all(open(), [trial], { from: new Map([[0, last]]) });
    expect(rest.snapshots).toEqual(whole.snapshots);
  });

  test("keeps nothing of a trial that its `done` has ended", async () => {
    const trial = trialOf({ record: [2], done: () => true }, { steps: 2 ** 31, batch: 40 });
    const { snapshots, kept } = await all(open(), [trial]);
    expect(snapshots.map(({ step }) => step)).toEqual([2]);
    for (const { step } of kept) expect(step).toBeLessThan(2);
  });
});
