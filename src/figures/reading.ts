import type { Row } from "../types.js";

/** What a row says in a column: a finite number, that it is infinite, or nothing that can be drawn. */
export type Reading = number | "infinite" | "missing";

/** The columns that a measurement's `status` speaks about: JSON has no infinity, so they are null where it is infinite. */
const TOLD_BY_STATUS = ["risk", "excess"];

/** Reads a row as a figure sees it. Null, NaN, words and minus infinity cannot be drawn. */
export function reading(row: Row, column: string): Reading {
  const value = row[column] ?? null;
  if (value === Number.POSITIVE_INFINITY) return "infinite";
  if (value === null && row.status === "infinite" && TOLD_BY_STATUS.includes(column)) return "infinite";
  return typeof value === "number" && Number.isFinite(value) ? value : "missing";
}
