/** @jest-environment ./tests/system/swiftshader-environment.mjs */
import { webgpuBackend } from "../../src/engine/webgpu/backend.js";
import { planOf } from "../../src/engine/webgpu/plan.js";
import { linearRegressionLaw } from "../../src/laws/gaussian-linear.js";
import { foldIn, keyOf } from "../../src/math/keys.js";
import { CellGroups } from "../../src/runner/cell-groups.js";
import type { CellPlan } from "../../src/runner/cell-plan.js";
import { type Trained, trainCell } from "../../src/runner/cell-training.js";
import { trainGroup } from "../../src/runner/group-training.js";
import { trainerOf } from "../../src/runner/trainer.js";
import { features, softmaxMixer, trialOf } from "../engine-trials.js";

const progress = { advance() {} };
const never = new AbortController().signal;

const plans = Array.from({ length: 9 }, (_, i): CellPlan => {
  const law = linearRegressionLaw({ features, noise: 0.1 * (i + 1) });
  const trials = [
    trialOf(
      { key: foldIn(keyOf(7), i), law, record: [0, 3] },
      { steps: 5 + (i % 3), batch: 1300, rate: i === 4 ? 1e30 : 0.02 },
    ),
    trialOf({ key: foldIn(keyOf(8), i), mixer: softmaxMixer, done: ({ step }) => step === 2, record: [2] }),
  ];
  return { cell: {}, key: keyOf(0), identity: "", name: `cell-${i}`, trials, work: 1, stored: undefined };
});

const text = ({ runs }: Trained) => JSON.stringify(runs.map(({ status, snapshots }) => [status, snapshots]));

test("on the WebGPU engine, cells that are trained together have the snapshots they have alone, bit for bit", async () => {
  // Layouts of a GPU that runs workgroups beside each other: a model alone has several.
  const open = await webgpuBackend((request, traits) => planOf(request, { ...traits, software: false })).open();
  if (typeof open === "string") throw new Error(open);
  const machine = { train: await trainerOf(open), progress };
  const groups = new CellGroups(100);
  groups.trained(2, 0.25);
  expect(groups.next(plans, () => true)).toEqual(plans);
  const { cells, over } = trainGroup(plans, machine, () => Promise.reject(new Error("alone")), never);
  await over;
  for (const { plan, training } of cells)
    expect(text(await training)).toBe(text(await trainCell(plan, machine, never)));
  expect(text(await cells[4]!.training)).toContain("diverged");
  await open.close();
}, 120_000);
