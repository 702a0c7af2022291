import type { Row } from "../types.js";
import { duckConnection, inQuery } from "./duck-connection.js";
import { RowDatabase } from "./row-database.js";
import { rowTable, unitsOf } from "./row-table.js";
import type { StoredCell } from "./store.js";

/** A cell with the text of its file, line by line: the first says where it comes from, each further one is a row. */
export interface CellText {
  readonly cell: StoredCell;
  readonly text: string;
  /** The command that computes it again. */
  readonly command: string;
}

/** Columns that hold the lines of a cell's file as they were, and the command: what a reader of numbers leaves out. */
const HEAD = "stored.head";
const ROW = "stored.row";
const COMMAND = "command";

/**
 * Writes cells as a Parquet file, a row a row: every column typed, its unit in the metadata (`iclab.units`), with the
 * command that computes the row again, and the lines of the cell's file, from which the file is made again bit for bit.
 */
export async function writeParquet(cells: readonly CellText[], file: string): Promise<void> {
  const { columns, rows } = rowTable(cells.map(({ cell }) => cell));
  const stored = cells.flatMap(({ text, command }): Row[] => {
    const [head, ...lines] = text.trimEnd().split("\n");
    return lines.map((line) => ({ [COMMAND]: command, [HEAD]: head!, [ROW]: line }));
  });
  const more = [COMMAND, HEAD, ROW].map((name) => ({ name, type: "VARCHAR", unit: "" }) as const);
  const table = { columns: [...columns, ...more], rows: rows.map((row, i) => ({ ...row, ...stored[i] })) };
  const database = await RowDatabase.open(table);
  try {
    await database.write("SELECT * FROM rows", file, "parquet", { "iclab.units": JSON.stringify(unitsOf(columns)) });
  } finally {
    database.close();
  }
}

/** The text of each cell's file, from a Parquet file that `writeParquet` made. */
export async function* storedTexts(file: string): AsyncGenerator<readonly [cell: string, text: string]> {
  const connection = await duckConnection();
  try {
    const query = `SELECT cell, "${HEAD}", "${ROW}" FROM read_parquet(${inQuery(file, "'")})`;
    let [name, lines]: [string, string[]] = ["", []];
    const text = () => [...lines, ""].join("\n");
    for await (const chunk of await connection.stream(query))
      for (const [cell, head, row] of chunk.getRows() as [string, string, string][]) {
        if (cell !== name && lines.length > 0) yield [name, text()];
        if (cell !== name) [name, lines] = [cell, [head]];
        lines.push(row);
      }
    if (lines.length > 0) yield [name, text()];
  } finally {
    connection.closeSync();
  }
}
