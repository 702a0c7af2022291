import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { asyncBufferFromFile, parquetMetadataAsync, parquetReadObjects } from "hyparquet";
import { cellStates } from "../src/runner/cell-states.js";
import { compact } from "../src/runner/compact.js";
import { DiskError, makeFolder } from "../src/runner/disk.js";
import type { Runner } from "../src/runner/presence.js";
import type { Provenance } from "../src/runner/provenance.js";
import { Store } from "../src/runner/store.js";
import type { Row } from "../src/types.js";

let folder: string;
let store: Store;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "iclab-compact-"));
  store = new Store(folder);
});
afterEach(() => rmSync(folder, { recursive: true }));

const rowsOf = (context: number): Row[] => [
  { name: "σ-step", context, risk: 0.1 + context / 3, exact: true, seed: null, prompts: 500, status: "ok" },
  {
    name: "lsa",
    context,
    risk: null,
    exact: false,
    seed: 3,
    "covariance.σ-step": 1e-300,
    status: context > 2 ? "diverged" : "ok",
  },
];

/** Stores a cell; a later one of the same context has other rows. */
function put(context: number, rows = rowsOf(context), at = "2026-01-01T00:00:00Z"): string {
  const cell = `context=${context}-abc`;
  const settings = { context };
  const provenance = {
    experiment: "study",
    cell,
    settings,
    rows: rows.length,
    finished: at,
    backend: "cpu",
    seed: 0,
    numerics: 1,
  };
  store.write({ provenance: provenance as unknown as Provenance, rows });
  return cell;
}

const commandOf = ({ cell }: Provenance) => `npx iclab run ${cell}`;
const texts = () =>
  Object.fromEntries(store.looseNames().map((name) => [name, readFileSync(join(folder, `${name}.jsonl`), "utf8")]));

/** A new look at the folder, with what lies in Parquet files. */
async function seen() {
  const now = new Store(folder);
  await now.load();
  return now;
}

test("cells have the same rows and states in a Parquet file, and their own files are gone", async () => {
  for (const context of [1, 2, 3]) put(context);
  const [before, states] = [store.all(), cellStates(store)];
  const bytes = Object.values(texts()).join("").length;
  const done = await compact(store, commandOf);
  expect(done).toMatchObject({ cells: 3, files: ["cells-1.parquet"], torn: [] });
  expect(Buffer.byteLength(Object.values(texts()).join(""))).toBe(0);
  expect(done.bytesBefore).toBeGreaterThan(bytes);
  expect(readdirSync(folder).sort()).toEqual(["cells-1.parquet", "compacted.json"]);
  expect((await seen()).all()).toEqual(before);
  expect(cellStates(store)).toEqual(states);
  expect(states.map(({ state }) => state)).toEqual(["done", "done", "diverged"]);
  expect(store.names()).toEqual(before.cells.map(({ provenance }) => provenance.cell));
});

test("a plain Parquet reader finds every column with its type, units in the metadata, and the command of every row", async () => {
  for (const context of [1, 2]) put(context);
  await compact(store, commandOf);
  const file = await asyncBufferFromFile(join(folder, "cells-1.parquet"));
  const { key_value_metadata, schema } = await parquetMetadataAsync(file);
  const types = Object.fromEntries(
    schema.slice(1).map(({ name, type, converted_type }) => [name, converted_type ?? type]),
  );
  expect(types).toMatchObject({
    name: "UTF8",
    risk: "DOUBLE",
    "covariance.σ-step": "DOUBLE",
    context: "INT_64",
    seed: "INT_64",
    exact: "BOOLEAN",
    command: "UTF8",
  });
  const units = key_value_metadata!.find(({ key }) => key === "iclab.units")!.value!;
  expect(JSON.parse(units)).toMatchObject({
    risk: "label units squared",
    "covariance.σ-step": "label units to the fourth",
    context: "labelled pairs",
  });
  const rows = await parquetReadObjects({ file });
  expect(rows).toHaveLength(4);
  expect(rows[0]).toMatchObject({
    name: "σ-step",
    risk: 0.1 + 1 / 3,
    context: 1n,
    seed: null,
    "covariance.σ-step": null,
  });
  expect(rows[1]).toMatchObject({ name: "lsa", risk: null, exact: false, seed: 3n, "covariance.σ-step": 1e-300 });
  expect(rows.map(({ command }) => command)).toEqual([1, 1, 2, 2].map((n) => `npx iclab run context=${n}-abc`));
});

test("cells that are finished later go into another file, and a cell computed again counts by its newest rows", async () => {
  put(1);
  put(2);
  await compact(store, commandOf);
  put(2, [{ name: "new", context: 2 }], "2026-01-02T00:00:00Z");
  put(3);
  expect((await seen()).read("context=2-abc")?.rows).toEqual([{ name: "new", context: 2 }]);
  expect(await compact(store, commandOf)).toMatchObject({ cells: 2, files: ["cells-2.parquet"] });
  const { cells } = (await seen()).all();
  expect(cells.map(({ rows }) => rows)).toEqual([rowsOf(1), [{ name: "new", context: 2 }], rowsOf(3)]);
  expect(await compact(store, commandOf)).toMatchObject({ cells: 0, files: [] });
});

test("files that are not whole stay, and so do cells without rows", async () => {
  const [cut, empty] = [put(1), put(2, [])];
  put(3);
  truncateSync(join(folder, `${cut}.jsonl`), 200);
  expect(await compact(store, commandOf)).toMatchObject({ cells: 1, torn: [`${cut}.jsonl`] });
  expect(store.looseNames()).toEqual([cut, empty]);
});

test("a file that a run replaces while it is compacted stays", async () => {
  const [first, second] = [put(1), put(2)];
  const rows = [{ name: "new", context: 1 }];
  await compact(store, (cell) => {
    if (cell.cell === second) put(1, rows);
    return commandOf(cell);
  });
  expect(store.looseNames()).toEqual([first]);
  expect((await seen()).all().cells.map((cell) => cell.rows)).toEqual([rows, rowsOf(2)]);
});

test("a kill at any point costs nothing: what is left is taken up by the next compactor", async () => {
  for (const context of [1, 2, 3, 4]) put(context);
  const files = texts();
  await compact(store, commandOf);
  const [one, two, three] = Object.keys(files) as [string, string, string];
  // Killed between the manifest and the removal of the first, in the middle of that of the others; a draft is left as well.
  writeFileSync(join(folder, `${one}.jsonl`), files[one]!);
  writeFileSync(join(folder, `${two}.jsonl.compacted`), files[two]!);
  put(3, [{ name: "new", context: 3 }]);
  writeFileSync(join(folder, `${three}.jsonl.compacted`), files[three]!);
  expect((await seen()).all().cells).toHaveLength(4);
  await compact(store, commandOf);
  expect(readdirSync(folder).sort()).toEqual(["cells-1.parquet", "cells-2.parquet", "compacted.json"]);
  const rows = (await seen()).all().cells.map((cell) => cell.rows);
  expect(rows).toEqual([rowsOf(1), rowsOf(2), [{ name: "new", context: 3 }], rowsOf(4)]);
});

test("a Parquet file that was cut or changed in any bit is none: its cells are computed again", async () => {
  put(1);
  await compact(store, commandOf);
  put(2);
  await compact(store, commandOf);
  const file = join(folder, "cells-1.parquet");
  const whole = readFileSync(file);
  const damage: readonly (() => void)[] = [
    () => truncateSync(file, whole.length - 1),
    () => {
      const changed = Buffer.from(whole);
      changed[Math.floor(whole.length / 3)]! ^= 1;
      writeFileSync(file, changed);
    },
    () => renameSync(file, `${file}.elsewhere`),
  ];
  for (const spoil of damage) {
    writeFileSync(file, whole);
    spoil();
    const now = await seen();
    expect(now.finished("context=1-abc")).toBeUndefined();
    expect(now.all()).toMatchObject({ cells: [{ rows: rowsOf(2) }], torn: ["cells-1.parquet"] });
  }
});

test("of two compactors one is told of the other", async () => {
  put(1);
  const other: Runner = { id: "other", host: "node7", pid: 12, machine: "node7", ticks: "1" };
  const marks = join(folder, ".compacting");
  makeFolder(marks);
  for (const name of ["other.runner", "compactor.1.reserved"]) writeFileSync(join(marks, name), JSON.stringify(other));
  await expect(compact(store, commandOf)).rejects.toThrow(/^process 12 on node7 compacts .* already$/);
  expect(store.looseNames()).toHaveLength(1);
  utimesSync(join(marks, "other.runner"), new Date(0), new Date(0));
  expect(await compact(store, commandOf)).toMatchObject({ cells: 1 });
  expect(existsSync(marks)).toBe(false);
});

test("a folder that cannot be written keeps its files", async () => {
  put(1);
  const failing = new Store(folder);
  failing.looseNames = () => {
    // What DuckDB is to write to is a folder.
    makeFolder(join(folder, "cells-1.parquet.draft", "in the way"));
    return store.looseNames();
  };
  await expect(compact(failing, commandOf)).rejects.toThrow(DiskError);
  expect(store.looseNames()).toHaveLength(1);
});
