import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { keyOf } from "../src/math/keys.js";
import type { Job } from "../src/runner/cell-plan.js";
import { DiskError } from "../src/runner/disk.js";
import { type Machine, runExperiment } from "../src/runner/run-experiment.js";
import { Store } from "../src/runner/store.js";
import type { OpenBackend, Row } from "../src/types.js";
import { trialOf } from "./engine-trials.js";

const folder = mkdtempSync(join(tmpdir(), "iclab-run-"));
afterAll(() => rmSync(folder, { recursive: true }));
let runs = 0;

/** An experiment that trains nothing, and what it was asked to measure. */
function experiment(measure: (cell: Row) => Row[]) {
  const measured: number[] = [];
  const job: Job = {
    id: "fake",
    experiment: {
      trials: () => [],
      measure: async (cell) => {
        measured.push(cell.context as number);
        return measure(cell);
      },
    },
    cells: [1, 2, 3].map((context) => ({ context })),
    seed: 0,
  };
  return { job, measured };
}

function machine(more: Partial<Machine> = {}): Machine & { readonly said: string[] } {
  const said: string[] = [];
  const store = new Store(join(folder, String(runs++)));
  store.open();
  return {
    backend: { name: "cpu", adapter: "none", roundoff: 2 ** -24, close: async () => {} } as OpenBackend,
    train: async function* () {},
    store,
    progress: { start() {}, advance() {}, finish() {}, stop() {} },
    resume: true,
    say: (sentence) => void said.push(sentence),
    said,
    ...more,
  };
}

test("a cell that fails costs no other, is told, and is computed again only when that is asked for", async () => {
  let works = false;
  const { job, measured } = experiment(({ context }) => {
    if (context === 2 && !works) throw new RangeError("two is too many");
    return [{ context: context! }];
  });
  const here = machine();
  const first = await runExperiment(job, here);
  expect(first.rows).toEqual([{ context: 1 }, { context: 3 }]);
  expect(first.failed).toEqual([expect.stringMatching(/^context=2-/)]);
  expect(here.said).toEqual([expect.stringMatching(/^context=2-\w+ failed: two is too many$/)]);
  works = true;

  const again = await runExperiment(job, here);
  expect(again.failed).toEqual(first.failed);
  expect(here.said[1]).toMatch(/ failed in an earlier run, --retry computes it again: two is too many$/);
  expect(measured).toEqual([1, 2, 3]);

  const retried = await runExperiment(job, { ...here, retry: true });
  expect(retried).toMatchObject({ rows: [{ context: 1 }, { context: 2 }, { context: 3 }], failed: [], reused: 2 });
  expect(measured).toEqual([1, 2, 3, 2]);
});

test("what no cell is to blame for ends the run", async () => {
  const { job, measured } = experiment(() => {
    throw new DiskError("the disk is full");
  });
  await expect(runExperiment(job, machine())).rejects.toThrow("the disk is full");
  expect(measured).toEqual([1]);
});

test("without resume, what was finished before the run began is computed again", async () => {
  const { job, measured } = experiment(({ context }) => [{ context: context! }]);
  const here = machine();
  await runExperiment(job, here);
  expect(here.store.planned()).toEqual({ experiment: "fake", cells: [1, 2, 3].map(() => expect.any(String)) });
  expect(measured).toEqual([1, 2, 3]);
  await runExperiment(job, { ...here, resume: false });
  expect(measured).toEqual([1, 2, 3, 1, 2, 3]);
});

test("small cells that differ in numbers are trained in one call, the first by itself, and measured each on its own", async () => {
  const { job, measured } = experiment(({ context }) => [{ context: context! }]);
  const calls: number[] = [];
  const train: Machine["train"] = async function* (trials) {
    calls.push(trials.length);
    for (const [trial, { schedule }] of trials.entries())
      yield { trial, step: schedule.steps, loss: 1, status: "ok", weights: {} };
  };
  const cells = Array.from({ length: 12 }, (_, i) => ({ context: i }));
  const trials = (cell: Row) => [trialOf({ key: keyOf(cell.context as number) }, { steps: 2 })];
  const packed = { ...job, cells, experiment: { ...job.experiment, trials } };
  const { rows } = await runExperiment(packed, machine({ train, together: 6 }));
  expect(calls).toEqual([1, 6, 5]);
  expect(rows).toEqual(cells);
  expect(measured).toEqual(cells.map(({ context }) => context));
  calls.length = 0;
  await runExperiment(packed, machine({ train }));
  expect(calls).toEqual(cells.map(() => 1));
});

test("a cell counts as finished when its file is on the disk, and a disk that fails meanwhile ends the run", async () => {
  const { job } = experiment(({ context }) => [{ context: context! }]);
  const here = machine();
  const finished: string[] = [];
  let release = () => {};
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  const write = here.store.writeLater.bind(here.store);
  here.store.writeLater = async (cell) => {
    await held;
    await write(cell);
  };
  const progress = { ...here.progress, finish: (cell: string) => void finished.push(cell) };
  const run = runExperiment(job, { ...here, progress });
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect([finished, here.store.names()]).toEqual([[], []]);
  release();
  await run;
  expect([finished.length, here.store.names().length]).toEqual([3, 3]);

  const full = machine();
  full.store.writeLater = () => Promise.reject(new DiskError("the disk is full"));
  await expect(runExperiment(job, full)).rejects.toThrow("the disk is full");
  expect(readdirSync(full.store.marks())).toEqual(["journal"]);
});

test("rows that go while the run is at work are missed at its end", async () => {
  const { job } = experiment(({ context }) => [{ context: context! }]);
  const here = machine();
  const settle = here.store.settle.bind(here.store);
  here.store.settle = () => {
    settle();
    here.store.clear();
  };
  await expect(runExperiment(job, here)).rejects.toThrow(/^the rows of context=1-\w+ have gone from /);
});
