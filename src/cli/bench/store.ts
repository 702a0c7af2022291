import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import backend from "../../engine/cpu/backend.js";
import { threads } from "../../evaluation/threads.js";
import { loadCatalogue } from "../../runner/catalogue.js";
import type { Job } from "../../runner/cell-plan.js";
import { cellStates } from "../../runner/cell-states.js";
import { compact } from "../../runner/compact.js";
import { replaceFile } from "../../runner/disk.js";
import { RowDatabase } from "../../runner/row-database.js";
import { rowTable } from "../../runner/row-table.js";
import { type Machine, runExperiment } from "../../runner/run-experiment.js";
import { textOf as fileTextOf, Store } from "../../runner/store.js";
import { cellSettings, studyExperiment } from "../../runner/study-experiment.js";
import { trainedTogether, trainerOf } from "../../runner/trainer.js";
import { parseStudy } from "../../studies/parse-study.js";
import type { Row } from "../../types.js";
import { machineLine, thisMachine } from "./machine.js";
import { table } from "./table.js";

const TRIALS = 1000;
const MANY = 100_000;
const LONG = 10_000;
const EARLY = 2000;

/** A grid of small trials: half a second's work for a page, a thousand times. */
const study = (seeds: number) => `
title: many small trials
law: { kind: gaussian-linear, features: 5, noise: 0.1 }
context: 20
models: [{ name: lsa, mixer: linear-attention, train: { steps: 300, batch: 64, rate: 0.01 } }]
predictors: [zero, ridge, lsa-optimum]
evaluate: { prompts: 1000 }
seeds: ${seeds}
`;

/** What the machinery costs beside the computing: a trial in the store, a hundred thousand in a folder, a long run's memory. */
export async function benchStore(): Promise<{ readonly data: object; readonly text: string }> {
  const machine = thisMachine();
  const folder = mkdtempSync(join(tmpdir(), "iclab-bench-store-"));
  try {
    const data = {
      machine,
      disk: flushed(join(folder, "flushed")),
      small: await smallTrials(folder),
      many: await manyCells(join(folder, "many")),
      long: await longRun(join(folder, "long")),
    };
    return { data, text: textOf(data) };
  } finally {
    await threads.close();
    rmSync(folder, { recursive: true });
  }
}

/** Milliseconds for a file to be written and flushed, one after another: what the disk alone would cost. */
function flushed(folder: string): number {
  new Store(folder).open();
  const begun = performance.now();
  for (let i = 0; i < TRIALS; i++) replaceFile(join(folder, String(i)), "x".repeat(3000));
  return (performance.now() - begun) / TRIALS;
}

/** A thousand small trials as a run computes them, and the same rows again from a run that has nothing to compute. */
async function smallTrials(folder: string) {
  const { job, rows } = await studyJob(TRIALS);
  const opened = await backend.open();
  if (typeof opened === "string") throw new Error(opened);
  const train = await trainerOf(opened);
  const together = { train, together: trainedTogether(opened) };
  const seconds = await secondsOf(job, join(folder, "small"), { backend: opened, ...together });
  await opened.close();
  const stored = rows(new Store(join(folder, "small")));
  const nothing = { trials: () => [], measure: async (cell: Row) => stored.get(cell.seed as number)! };
  const before = process.cpuUsage();
  const idle = await secondsOf({ ...job, experiment: nothing }, join(folder, "idle"), {});
  const { user, system } = process.cpuUsage(before);
  return { trials: TRIALS, seconds, idle, idleWork: (user + system) / 1e6 };
}

async function studyJob(seeds: number) {
  const catalogue = await loadCatalogue();
  const parsed = await parseStudy(study(seeds), "bench", catalogue, () => {
    throw new Error("the study of this bench reads no file");
  });
  const optimum = catalogue.predictors.get("lsa-optimum")!.make({}, { features: 1, context: 1 });
  const experiment = studyExperiment(parsed, optimum);
  const settings = (columns: Row) => cellSettings(parsed, columns);
  const job: Job = { id: "study", experiment, cells: experiment.cells("full"), seed: 0, settings };
  const rows = (store: Store) =>
    new Map(store.all().cells.map(({ provenance, rows }) => [provenance.settings.seed as number, rows]));
  return { job, rows };
}

async function secondsOf(job: Job, folder: string, more: Partial<Machine>): Promise<number> {
  const begun = performance.now();
  await runExperiment(job, machineFor(folder, more));
  return (performance.now() - begun) / 1000;
}

function machineFor(folder: string, more: Partial<Machine>): Machine {
  const store = new Store(folder);
  store.open();
  const none = { name: "cpu", adapter: "none", roundoff: 0, close: async () => {} } as const;
  const progress = { start() {}, advance() {}, finish() {}, stop() {} };
  return { backend: none, train: async function* () {}, store, progress, resume: false, ...more };
}

/** A folder of a hundred thousand finished cells: listed, compacted, listed, all rows read. */
async function manyCells(folder: string) {
  const store = new Store(folder);
  store.open();
  await secondsOf(emptyJob(1), folder, {});
  const [name] = store.names() as [string];
  const text = store.read(name)!;
  for (let i = 0; i < MANY; i++) {
    const cell = `cell=${i}-000000000000`;
    const provenance = { ...text.provenance, cell, settings: { cell: i } };
    // Not flushed: how fast they come to lie there is not what is measured here.
    writeFileSync(join(folder, `${cell}.jsonl`), fileTextOf({ provenance, rows: text.rows }));
  }
  store.plan({ experiment: "empty", cells: store.names() });
  const listed = await timed(() => cellStates(new Store(folder)));
  const compacted = await timed(() => compact(store, () => "npx iclab run study.yaml"));
  const listedAgain = await timed(() => cellStates(new Store(folder)));
  const queried = await timed(async () => {
    const reading = new Store(folder);
    await reading.load();
    const database = await RowDatabase.open(rowTable(reading.all().cells));
    await database.query("SELECT avg(risk) FROM rows");
    database.close();
  });
  return { cells: MANY, listed, compacted, listedAgain, queried };
}

async function timed(work: () => unknown): Promise<number> {
  const begun = performance.now();
  await work();
  return (performance.now() - begun) / 1000;
}

/** A job that computes nothing: each cell has two rows of a study's width. */
function emptyJob(cells: number): Job {
  const columns = Object.fromEntries(Array.from({ length: 20 }, (_, i) => [`column${i}`, i / 3]));
  const measure = async ({ cell }: Row): Promise<Row[]> => [
    { name: "model", cell: cell!, risk: 1 / 3, ...columns },
    { name: "zero", cell: cell!, risk: 2 / 3, ...columns },
  ];
  const experiment = { trials: () => [], measure };
  return { id: "empty", experiment, cells: Array.from({ length: cells }, (_, cell) => ({ cell })), seed: 0 };
}

/** Bytes of heap that a cell leaves behind, and open files, from the 2,000th of 10,000 cells on. */
async function longRun(folder: string) {
  const collect = collector();
  const seen: { readonly heap: number; readonly files: number }[] = [];
  let finished = 0;
  const finish = () => {
    finished++;
    if (finished !== EARLY && finished !== LONG) return;
    collect();
    seen.push({ heap: process.memoryUsage().heapUsed, files: readdirSync("/proc/self/fd").length });
  };
  await secondsOf(emptyJob(LONG), folder, { progress: { start() {}, advance() {}, finish, stop() {} } });
  const [early, late] = seen as [(typeof seen)[0], (typeof seen)[0]];
  return { cells: LONG, bytesPerCell: (late.heap - early.heap) / (LONG - EARLY), files: late.files - early.files };
}

function collector(): () => void {
  setFlagsFromString("--expose-gc");
  return runInNewContext("gc") as () => void;
}

interface Data {
  readonly machine: ReturnType<typeof thisMachine>;
  readonly disk: number;
  readonly small: Awaited<ReturnType<typeof smallTrials>>;
  readonly many: Awaited<ReturnType<typeof manyCells>>;
  readonly long: Awaited<ReturnType<typeof longRun>>;
}

function textOf({ machine, disk, small, many, long }: Data): string {
  const perTrial = (seconds: number) => `${((1000 * seconds) / small.trials).toFixed(2)} ms a trial`;
  const seconds = (value: number) => `${value.toFixed(1)} s`;
  const count = (number: number) => number.toLocaleString("en");
  const share = `${((100 * small.idle) / small.seconds).toFixed(1)} % of it`;
  return [
    "# What the machinery costs",
    machineLine(machine),
    `${count(small.trials)} trials of 300 updates of 64 prompts, measured on 1,000 prompts beside three predictors, on the CPU ` +
      "engine; then a run that is handed the same rows and has nothing to compute: plans, reservations, journal, files.",
    table(
      ["", "value", ""],
      [
        [`${count(small.trials)} small trials`, seconds(small.seconds), perTrial(small.seconds)],
        ["the machinery alone, by the clock", seconds(small.idle), `${perTrial(small.idle)}, ${share}`],
        ["the machinery alone, processor time", seconds(small.idleWork), perTrial(small.idleWork)],
        ["a file flushed, one after another", `${disk.toFixed(2)} ms`, "what the disk alone would cost a trial"],
        [`${count(many.cells)} finished cells listed`, seconds(many.listed), "a file each"],
        ["compacted into Parquet", seconds(many.compacted), "written, flushed, read back, files removed"],
        ["listed once more", seconds(many.listedAgain), "from the manifest"],
        ["all rows into a query", seconds(many.queried), `${count(2 * many.cells)} rows`],
        [
          `heap that each of ${count(long.cells)} cells leaves`,
          `${long.bytesPerCell.toFixed(0)} bytes`,
          "rows stay in the store",
        ],
        ["files left open by them", String(long.files), ""],
      ],
    ),
  ].join("\n\n");
}
