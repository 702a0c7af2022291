/** @jest-environment ./tests/system/swiftshader-environment.mjs */
import { afterEach, expect, test } from "@jest/globals";
import { type OpenWebgpu, webgpuBackend } from "../../src/engine/webgpu/backend.js";
import { fusedPlan } from "../../src/engine/webgpu/fused-plan.js";
import type { Plan, Request } from "../../src/engine/webgpu/plan.js";
import { splitPlan } from "../../src/engine/webgpu/split-plan.js";
import { train } from "../../src/engine/webgpu/train.js";
import type { Traits } from "../../src/engine/webgpu/traits.js";
import { keyOf } from "../../src/math/keys.js";
import type { Checkpoint, Checkpoints, Optimizer, Snapshot, Trial } from "../../src/types.js";
import { softmaxMixer, trialOf } from "../engine-trials.js";

type Planner = (request: Request, traits: Traits) => Plan;

const opened: OpenWebgpu[] = [];
afterEach(async () => {
  for (const backend of opened.splice(0)) await backend.close();
});

async function openGpu(plan: Planner): Promise<OpenWebgpu> {
  const answer = await webgpuBackend(plan).open();
  if (typeof answer === "string") throw new Error(answer);
  opened.push(answer);
  return answer;
}

/** What a training gives out: snapshots, and where the trials stood at a time. */
async function all(backend: OpenWebgpu, trials: readonly Trial[], on: Partial<Checkpoints> = {}) {
  const snapshots: Snapshot[] = [];
  const kept: Checkpoint[][] = [];
  const refused: number[] = [];
  const checkpoints: Checkpoints = {
    ...{ every: 0, from: new Map(), ended: new Map() },
    keep: (standing) => {
      for (const { trial, step } of standing) {
        const given = snapshots.filter((each) => each.trial === trial);
        const due = trials[trial]!.record.filter((each) => each <= step && each > (on.from?.get(trial)?.step ?? -1));
        expect(given.map((each) => each.step)).toEqual(due);
      }
      kept.push(structuredClone(standing) as Checkpoint[]);
    },
    refuse: (trials) => void refused.push(...trials),
    ...on,
  };
  for await (const snapshot of train(trials, { backend, checkpoints })) snapshots.push(snapshot);
  return { snapshots, kept, refused };
}

const from = (standing: readonly Checkpoint[]) => new Map(standing.map((each) => [each.trial, each]));
const inOrder = (some: readonly Snapshot[]) => [...some].sort((a, b) => a.trial - b.trial || a.step - b.step);

const adam: Optimizer = { kind: "adamw", betas: [0.9, 0.999], epsilon: 1e-8, weightDecay: 0.1 };
const changed = { steps: 14, optimizer: adam, clip: 0.5, warmup: 3, decay: "cosine" } as const;
const trials: readonly Trial[] = [
  trialOf({ record: [0, 2, 5] }, changed),
  trialOf({ record: [3, 9], key: keyOf(2) }, changed),
  trialOf({ record: [4], key: keyOf(3), done: () => true }, changed),
  trialOf({ record: [], key: keyOf(4) }, { ...changed, steps: 3 }),
  trialOf({ record: [1], key: keyOf(5), mixer: softmaxMixer }, changed),
];

const plans: Readonly<Record<string, Planner>> = {
  "all of an update in one dispatch": (request, traits) =>
    fusedPlan(request, traits, { lanes: 16, perPrompt: 1, groups: 1, resident: false })!,
  "two dispatches an update": (request, traits) => splitPlan(request, traits, { lanes: 16, groups: 3 }),
};

test.each(Object.entries(plans))(
  "%s: a training that is broken off goes on from its checkpoint bit for bit, whichever trials have ended",
  async (_, plan) => {
    const whole = await all(await openGpu(plan), trials);
    const middle = whole.kept.filter((standing) => standing[0]!.trial === 0);
    expect(middle.length).toBeGreaterThan(3);
    for (const standing of [middle[0]!, middle.at(-1)!]) {
      const { step } = standing[0]!;
      const before = (each: Snapshot) => each.trial < 4 && each.step <= step;
      const present = new Set(standing.map(({ trial }) => trial));
      const over = whole.snapshots.filter((each) => before(each) && !present.has(each.trial));
      const ended = new Map(over.map(({ trial, step }) => [trial, step]));
      // On a device of its own, as after a kill.
      const rest = await all(await openGpu(plan), trials, { from: from(standing), ended });
      expect(rest.refused).toEqual([]);
      expect(inOrder(rest.snapshots)).toEqual(inOrder(whole.snapshots.filter((each) => !before(each))));
    }
    const last = middle.at(-1)!;
    expect(last.map(({ trial }) => trial)).toEqual([0, 1]);
  },
  60_000,
);

test("from a checkpoint of another layout nothing goes on: the trials begin again, with all their snapshots", async () => {
  const [one, other] = Object.values(plans) as [Planner, Planner];
  const few = trials.slice(0, 2);
  const { kept } = await all(await openGpu(one), few);
  const backend = await openGpu(other);
  const whole = await all(backend, few);
  const again = await all(backend, few, { from: from(kept[2]!), keep: () => {} });
  expect(again.refused).toEqual([0, 1]);
  expect(inOrder(again.snapshots)).toEqual(inOrder(whole.snapshots));
});
