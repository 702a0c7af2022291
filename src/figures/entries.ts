import type { Row } from "../types.js";
import { reading } from "./reading.js";

/** One entry of a matrix: the mean of its rows, or what keeps it from having one. */
export interface Entry {
  readonly i: number;
  readonly j: number;
  readonly panel: string;
  readonly value: number | "infinite" | "missing";
  readonly rows: number;
}

/** Columns that hold an entry's parts. */
export interface EntryColumns {
  readonly i: string;
  readonly j: string;
  readonly value: string;
  readonly panel: string | null;
}

/** Entries from rows. Rows of one entry (seeds) are averaged; one that is infinite or undefined is never averaged away. */
export function entriesOf(rows: readonly Row[], columns: EntryColumns): Entry[] {
  const groups = new Map<string, { i: number; j: number; panel: string; values: Entry["value"][] }>();
  for (const row of rows) {
    const [i, j] = [reading(row, columns.i), reading(row, columns.j)];
    if (typeof i !== "number" || typeof j !== "number") continue;
    const panel = columns.panel === null ? "" : String(row[columns.panel] ?? "");
    const key = JSON.stringify([panel, i, j]);
    const group = groups.get(key) ?? { i, j, panel, values: [] };
    groups.set(key, group);
    group.values.push(reading(row, columns.value));
  }
  return [...groups.values()].map(({ values, ...place }) => ({ ...place, value: meanOf(values), rows: values.length }));
}

function meanOf(values: readonly Entry["value"][]): Entry["value"] {
  const numbers = values.filter((value) => typeof value === "number");
  if (numbers.length === values.length) return numbers.reduce((sum, value) => sum + value, 0) / numbers.length;
  return values.includes("missing") ? "missing" : "infinite";
}
