import type { Row } from "../types.js";
import type { StoredCell } from "./store.js";

export type ColumnType = "BIGINT" | "DOUBLE" | "BOOLEAN" | "VARCHAR";

/** Rows as one table: every column that any row has, each of one type, null where a row has it not. */
export interface RowTable {
  readonly columns: readonly { readonly name: string; readonly type: ColumnType; readonly unit: string }[];
  readonly rows: readonly Row[];
}

/** Columns that count: all others of numbers are real, whatever their values happen to be. */
const COUNTS = [
  "seed",
  "look",
  "law.pool",
  "baseSeed",
  "prompts",
  "context",
  "testContext",
  "step",
  "trainedSteps",
  "lossFallDegrees",
  "numerics",
];

/** The rows of stored cells, each with what makes it again: experiment, cell, backend, base seed, numerics, commit. */
export function rowTable(cells: readonly StoredCell[]): RowTable {
  const rows = cells.flatMap(({ provenance, rows }) => {
    const { experiment, cell, backend, seed, numerics, commit } = provenance;
    return rows.map((row) => ({ experiment, ...row, cell, backend, baseSeed: seed, numerics, commit }));
  });
  const names = new Set<string>();
  for (const row of rows) for (const name of Object.keys(row)) names.add(name);
  const columns = [...names].map((name) => ({ name, type: typeOf(name, rows), unit: unitOf(name) }));
  return { columns, rows };
}

/** A table of no values is text: nothing says what else. Numbers beside words (a context that is drawn) are text too. */
function typeOf(name: string, rows: readonly Row[]): ColumnType {
  const values = rows.flatMap((row) => row[name] ?? []);
  if (values.length === 0) return /Error|^covariance\.|^(risk|excess)$/.test(name) ? "DOUBLE" : "VARCHAR";
  if (values.every((value) => typeof value === "boolean")) return "BOOLEAN";
  if (!values.every((value) => typeof value === "number")) return "VARCHAR";
  return COUNTS.includes(name) && values.every(Number.isSafeInteger) ? "BIGINT" : "DOUBLE";
}

const UNITS: readonly (readonly [RegExp, string])[] = [
  [/^(risk|excess|exactRisk|exactExcess|standardError|trainingLoss)$/, "label units squared"],
  [/^covariance\./, "label units to the fourth"],
  [/^(distance|distanceError)\./, "label units"],
  [/^identified(Next)?(Distance|Error)$/, "share of the model's variance"],
  [/^(context|testContext)$/, "labelled pairs"],
  [/^(step|trainedSteps)$/, "updates"],
  [/^prompts$/, "prompts"],
];

/** The unit of a column; empty for words, and for numbers without one. */
export function unitOf(column: string): string {
  return UNITS.find(([pattern]) => pattern.test(column))?.[1] ?? "";
}

/** Units by column, of those that have one. */
export function unitsOf(columns: RowTable["columns"]): Record<string, string> {
  return Object.fromEntries(columns.flatMap(({ name, unit }) => (unit === "" ? [] : [[name, unit]])));
}
