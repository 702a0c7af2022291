import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { keyOf } from "../../src/math/keys.js";
import { compact } from "../../src/runner/compact.js";
import { runExperiment } from "../../src/runner/run-experiment.js";
import { Store } from "../../src/runner/store.js";
import type { OpenBackend, Row, Snapshot } from "../../src/types.js";
import { trialOf } from "../engine-trials.js";

const folder = mkdtempSync(join(tmpdir(), "iclab-long-run-"));
afterAll(() => rmSync(folder, { recursive: true }));

const CELLS = 4000;
const EARLY = 1000;

/** Rows that would be seen in the heap, were they kept: 10 of 40 numbers a cell. */
const wide = (cell: number): Row[] =>
  Array.from({ length: 10 }, (_, name) =>
    Object.fromEntries([["name", String(name)], ...Array.from({ length: 40 }, (_, i) => [`column${i}`, cell + i / 3])]),
  );

test("a run of thousands of cells leaves neither rows in memory nor open files behind, and neither does a compactor", async () => {
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as () => void;
  const look = () => {
    collect();
    return { heap: process.memoryUsage().heapUsed, files: readdirSync("/proc/self/fd").length };
  };
  const store = new Store(join(folder, "rows"));
  store.open();
  const seen: ReturnType<typeof look>[] = [];
  let finished = 0;
  const finish = () => {
    finished++;
    if (finished === EARLY || finished === CELLS - EARLY) seen.push(look());
  };
  const train = async function* (trials: readonly { schedule: { steps: number } }[]): AsyncGenerator<Snapshot> {
    for (const [trial, { schedule }] of trials.entries())
      yield { trial, step: schedule.steps, loss: 1, status: "ok", weights: {} };
  };
  const cells = Array.from({ length: CELLS }, (_, cell) => ({ cell }));
  const experiment = {
    trials: ({ cell }: Row) => [trialOf({ key: keyOf(cell as number) })],
    measure: async ({ cell }: Row) => wide(cell as number),
  };
  const { rows } = await runExperiment(
    { id: "long", experiment, cells, seed: 0 },
    {
      backend: { name: "cpu", adapter: "none", roundoff: 0, close: async () => {} } as OpenBackend,
      ...{ train, together: 16, store, resume: true },
      progress: { start() {}, advance() {}, finish, stop() {} },
    },
  );
  expect(rows).toHaveLength(10 * CELLS);
  const [early, late] = seen as [ReturnType<typeof look>, ReturnType<typeof look>];
  // Ten rows of forty numbers are 8 kB at least.
  expect((late.heap - early.heap) / (CELLS - 2 * EARLY)).toBeLessThan(1000);
  // Flushes that are under way have files open, 16 at most.
  expect(late.files - early.files).toBeLessThanOrEqual(16);
  const before = readdirSync("/proc/self/fd").length;
  expect(await compact(store, () => "")).toMatchObject({ cells: CELLS, torn: [] });
  expect(readdirSync("/proc/self/fd").length).toBeLessThanOrEqual(before);
  await store.load();
  expect(store.all().cells).toHaveLength(CELLS);
}, 300_000);
