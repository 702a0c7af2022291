import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { loadExperiments } from "../runner/catalogue.js";
import { replaceFile, writing } from "../runner/disk.js";
import { rerunCell } from "../runner/rerun-cell.js";
import { RowDatabase } from "../runner/row-database.js";
import { type RowTable, rowTable, unitsOf } from "../runner/row-table.js";
import type { StoredCell } from "../runner/store.js";
import { UsageError } from "./failure.js";
import { storedCells } from "./stored-rows.js";

/** What `iclab rows` is told. */
export interface RowsOptions {
  readonly sql?: string;
  readonly csv?: boolean;
  readonly parquet?: boolean;
  readonly json?: boolean;
  /** A file in place of stdout. */
  readonly out?: string;
}

/** `iclab rows`: the stored rows of a folder, or what a query makes of them, as CSV, Parquet or JSON. */
export async function rows(folder: string, options: RowsOptions): Promise<void> {
  const { sql = "SELECT * FROM rows", csv, parquet, json, out } = options;
  if ([csv, parquet, json].filter(Boolean).length > 1)
    throw new UsageError("one format at a time; allowed: --csv (where nothing is said), --parquet or --json");
  if (parquet && out === undefined && process.stdout.isTTY)
    throw new UsageError("Parquet is nothing for a terminal; allowed: --out <file>, or a pipe");
  const cells = await storedCells(folder);
  const table = rowTable(cells);
  const database = await RowDatabase.open(table);
  const content = json
    ? Buffer.from(`${JSON.stringify(await query(() => database.query(sql)), null, 2)}\n`)
    : await exported(database, sql, parquet ? "parquet" : "csv", await metadataOf(folder, cells, table));
  database.close();
  if (out !== undefined) writing("rows", out, () => replaceFile(out, content));
  else await pipeline(Readable.from([content]), process.stdout, { end: false });
}

async function exported(
  database: RowDatabase,
  sql: string,
  format: "csv" | "parquet",
  metadata: Readonly<Record<string, string>>,
): Promise<Buffer> {
  const folder = mkdtempSync(join(tmpdir(), "iclab-rows-"));
  try {
    const file = join(folder, `rows.${format}`);
    await query(() => database.write(sql, file, format, metadata));
    return readFileSync(file);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** What a Parquet file says of itself: the unit of each column, where each cell comes from, how to compute it again. */
async function metadataOf(folder: string, cells: readonly StoredCell[], { columns }: RowTable) {
  const provenance = cells.map((cell) => cell.provenance);
  const ofPapers = provenance.some(({ experiment }) => experiment !== "study");
  const commandOf = rerunCell(folder, ofPapers ? await loadExperiments() : new Map());
  return {
    "iclab.units": JSON.stringify(unitsOf(columns)),
    "iclab.commands": JSON.stringify([...new Set(provenance.map(commandOf))]),
    "iclab.provenance": JSON.stringify(provenance),
  };
}

/** @throws UsageError with what DuckDB says of the query */
async function query<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw new UsageError(`--sql: ${(error as Error).message.split("\n")[0]}; the table is called rows`);
  }
}
