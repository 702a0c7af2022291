import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { OpenCpu } from "../src/engine/cpu/backend.js";
import { train as trainOnCpu } from "../src/engine/cpu/train.js";
import { keyOf } from "../src/math/keys.js";
import { CheckpointFiles, type Origin } from "../src/runner/checkpoint-files.js";
import { type Keeping, keptTraining } from "../src/runner/kept-training.js";
import type { Trainer } from "../src/runner/trainer.js";
import type { Checkpoints, Snapshot, Trial } from "../src/types.js";
import { openCpu, trained, trialOf } from "./engine-trials.js";

let engine: OpenCpu;
let folder: string;
beforeAll(async () => {
  // One thread: trials follow each other.
  engine = await openCpu(1);
});
afterAll(() => engine.close());
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "iclab-checkpoints-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

const origin: Origin = {
  ...{ identity: "abc", numerics: 1, backend: "cpu", adapter: null, version: "0.1.0", node: process.version },
};
const filesOf = (changed: Partial<Origin> = {}, cell = "context=10-abc") =>
  new CheckpointFiles(folder, cell, { ...origin, ...changed });

const inOrder = (some: readonly Snapshot[]) => [...some].sort((a, b) => a.trial - b.trial || a.step - b.step);

/** Three trials: one ends early by its `done`, one has few steps, one goes on. */
const trials: readonly Trial[] = [
  trialOf({ record: [0, 4, 9], done: ({ step }) => step === 9 }, { steps: 2 ** 31, batch: 40 }),
  trialOf({ record: [2], key: keyOf(2) }, { steps: 5, batch: 40 }),
  trialOf({ record: [0, 3, 20], key: keyOf(3) }, { steps: 40, batch: 40 }),
];

class Killed extends Error {}

interface Told {
  readonly snapshots: Snapshot[];
  readonly said: string[];
  /** Updates that the trainer made, by trial. */
  readonly updates: Map<number, number>;
  readonly skipped: Map<number, number>;
  readonly unwritten: string[];
}

/** Trains with a checkpoint in six updates, by a clock of their own. @param killAt a snapshot at whose coming the process is gone */
async function run(files: Keeping["files"], killAt?: (snapshot: Snapshot) => boolean, since?: string): Promise<Told> {
  const told: Told = { snapshots: [], said: [], updates: new Map(), skipped: new Map(), unwritten: [] };
  let time = 0;
  const train: Trainer = async function* (given, env) {
    const from = (trial: number) => env.checkpoints!.from.get(trial)?.step ?? 0;
    const keep: Checkpoints["keep"] = (standing) => {
      time += 150;
      env.checkpoints!.keep(standing);
    };
    const checkpoints = { ...env.checkpoints!, every: 0, keep };
    for await (const snapshot of trainOnCpu(given, { ...env, checkpoints, backend: engine })) {
      told.updates.set(snapshot.trial, snapshot.step - from(snapshot.trial));
      if (killAt?.(snapshot)) throw new Killed();
      yield snapshot;
    }
  };
  const keeping: Keeping = {
    ...{ train, files, every: 1000, now: () => time },
    ...(since !== undefined && { since }),
    say: (sentence) => void told.said.push(sentence),
    skip: (trial, updates) => void told.skipped.set(trial, updates),
    unwritten: ({ message }) => void told.unwritten.push(message),
  };
  try {
    for await (const snapshot of keptTraining(trials, keeping)) told.snapshots.push(snapshot);
  } catch (error) {
    if (!(error instanceof Killed)) throw error;
  }
  return told;
}

const late = ({ trial, step }: Snapshot) => trial === 2 && step === 40;

test("a training that was killed gives the snapshots of one that was not, and makes no update of an ended trial again", async () => {
  const whole = await trained(engine, trials);
  const first = await run(filesOf(), late);
  expect(first.snapshots.length).toBe(whole.length - 1);
  const again = await run(filesOf());
  expect(inOrder(again.snapshots)).toEqual(inOrder(whole));
  expect(again.updates.has(0)).toBe(false);
  expect(again.updates.has(1)).toBe(false);
  expect(again.updates.get(2)).toBeLessThan(40 - 20);
  expect(again.skipped).toEqual(
    new Map([
      [0, 9],
      [1, 5],
      [2, 40 - again.updates.get(2)!],
    ]),
  );
  const made = 9 + 5 + again.skipped.get(2)!;
  const all = trials.reduce((sum, { schedule }) => sum + schedule.steps, 0);
  expect(again.said).toEqual([`goes on from its checkpoint, ${made} of ${all} updates are made`]);
});

test("a training that was finished but not measured is not trained again", async () => {
  await run(filesOf());
  const again = await run(filesOf());
  expect(inOrder(again.snapshots)).toEqual(inOrder(await trained(engine, trials)));
  expect(again.updates.size).toBe(0);
});

test("two files are kept of a cell; a newest that was cut at any byte, or changed in any bit, is not used", async () => {
  await run(filesOf(), late);
  const names = readdirSync(folder).sort((a, b) => Number(a.split(".").at(-1)) - Number(b.split(".").at(-1)));
  expect(names).toHaveLength(2);
  const [before, newest] = names.map((name) => join(folder, name)) as [string, string];
  const whole = readFileSync(newest);
  expect(filesOf().read()).toMatchObject({ damaged: 0, foreign: false });
  rmSync(newest);
  const right = filesOf().read();
  expect(right.trials).not.toBeNull();
  const places = Array.from({ length: 200 }, (_, i) => Math.floor((i * whole.length) / 200));
  for (const at of [...Array(90).keys(), ...places, whole.length - 1]) {
    writeFileSync(newest, whole.subarray(0, at));
    expect(filesOf().read()).toEqual({ ...right, damaged: 1 });
    const flipped = Buffer.from(whole);
    flipped[at]! ^= 1 << (at % 8);
    writeFileSync(newest, flipped);
    expect(filesOf().read()).toEqual({ ...right, damaged: 1 });
  }
  const again = await run(filesOf());
  expect(again.said[0]).toBe("its newest checkpoint is not whole, the one before is used");
  expect(inOrder(again.snapshots)).toEqual(inOrder(await trained(engine, trials)));

  for (const file of readdirSync(folder)) writeFileSync(join(folder, file), whole.subarray(0, 100));
  const fresh = await run(filesOf());
  expect(fresh.said).toEqual(["its 2 newest checkpoints are not whole, the training begins again"]);
  expect(inOrder(fresh.snapshots)).toEqual(inOrder(await trained(engine, trials)));
  expect(before).not.toBe(newest);
});

test.each([
  { identity: "abd" },
  { numerics: 2 },
  { backend: "webgpu" },
  { adapter: "another card" },
  { version: "0.2.0" },
  { node: "v0.0.1" },
])("a checkpoint of another origin is not used: %p", (changed) => {
  filesOf(changed).write([{ snapshots: [], ended: 1, standing: null }]);
  expect(filesOf(changed).read().trials).not.toBeNull();
  expect(filesOf().read()).toEqual({ trials: null, damaged: 0, foreign: true });
});

test("neither is one of another cell, nor one from before a run that starts afresh", async () => {
  await run(filesOf({}, "context=10-abc.5"), late);
  expect(filesOf().read()).toEqual({ trials: null, damaged: 0, foreign: false });
  const now = new Date(Date.now() + 1).toISOString();
  const fresh = await run(filesOf({}, "context=10-abc.5"), undefined, now);
  expect(fresh.skipped.size).toBe(0);
  expect(inOrder(fresh.snapshots)).toEqual(inOrder(await trained(engine, trials)));
});

test("a trial that the trainer refuses to go on with begins again, and its earlier snapshots come once", async () => {
  await run(filesOf(), late);
  const said: string[] = [];
  const snapshots: Snapshot[] = [];
  const train: Trainer = async function* (given, { checkpoints }) {
    expect([...checkpoints!.from.keys()]).toEqual([2]);
    checkpoints!.refuse([2]);
    const from = new Map();
    yield* trainOnCpu(given, { backend: engine, checkpoints: { ...checkpoints!, from } });
  };
  const keeping: Keeping = { train, files: filesOf(), every: 0, say: (told) => void said.push(told), unwritten() {} };
  for await (const snapshot of keptTraining(trials, keeping)) snapshots.push(snapshot);
  expect(inOrder(snapshots)).toEqual(inOrder(await trained(engine, trials)));
  expect(said[1]).toBe("its checkpoint is of another layout of the kernels, the training begins again");
});

test("where checkpoints cannot be written, it trains on", async () => {
  const file = join(folder, "in the way");
  writeFileSync(file, "");
  const told = await run(new CheckpointFiles(join(file, "checkpoints"), "context=10-abc", origin));
  expect(inOrder(told.snapshots)).toEqual(inOrder(await trained(engine, trials)));
  expect(told.unwritten[0]).toMatch(/^cannot write checkpoints to .*: a file is in the way$/);
});

test("a trial that went on since it stood somewhere is kept as it was there", async () => {
  let time = 0;
  const at = (trial: number, step: number): Snapshot => ({ trial, step, loss: 1, status: "ok", weights: {} });
  const train: Trainer = async function* (_, { checkpoints }) {
    const keep = (trial: number, step: number) => checkpoints!.keep([{ trial, step, layout: "", numbers: {} }]);
    yield at(0, 0);
    keep(0, 3);
    yield at(0, 4);
    yield at(2, 0);
    time = 1000;
    keep(2, 1);
    throw new Killed();
  };
  const keeping: Keeping = { train, files: filesOf(), every: 1000, now: () => time, say() {}, unwritten() {} };
  const all = async () => {
    for await (const _ of keptTraining(trials, keeping));
  };
  await expect(all()).rejects.toThrow(Killed);
  expect(filesOf().read().trials).toEqual([
    { snapshots: [at(0, 0)], ended: null, standing: { trial: 0, step: 3, layout: "", numbers: {} } },
    { snapshots: [], ended: null, standing: null },
    { snapshots: [at(2, 0)], ended: null, standing: { trial: 2, step: 1, layout: "", numbers: {} } },
  ]);
});

test("all files of a cell are removed with it, and no others", () => {
  mkdirSync(folder, { recursive: true });
  for (const cell of ["context=10-abc", "context=10-abd"])
    for (let i = 0; i < 3; i++) filesOf({}, cell).write([{ snapshots: [], ended: 1, standing: null }]);
  expect(readdirSync(folder).sort()).toEqual(
    [2, 3].flatMap((n) => [`context=10-abc.${n}`, `context=10-abd.${n}`]).sort(),
  );
  filesOf().discard();
  expect(readdirSync(folder).sort()).toEqual(["context=10-abd.2", "context=10-abd.3"]);
});
