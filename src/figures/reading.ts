import type { Row } from "../types.js";

/** What a row says in a column: a number, that it is infinite (or beyond 1e100), or nothing that can be drawn. */
export type Reading = number | "infinite" | "missing";

/** The columns that a measurement's `status` speaks about: JSON has no infinity, so they are null where it is infinite. */
const TOLD_BY_STATUS = ["risk", "excess"];

/** Beyond this no axis is fitted, as its arithmetic would overflow: a larger number is as good as infinite. */
export const LARGEST = 1e100;

/** Reads a row as a figure sees it: null, NaN, words and minus infinity cannot be drawn; below 1 / LARGEST is 0. */
export function reading(row: Row, column: string): Reading {
  const value = row[column] ?? null;
  if (value === null && row.status === "infinite" && TOLD_BY_STATUS.includes(column)) return "infinite";
  if (typeof value !== "number" || Number.isNaN(value) || value < -LARGEST) return "missing";
  if (value > LARGEST) return "infinite";
  return Math.abs(value) < 1 / LARGEST ? 0 : value;
}
