import type { Row } from "../src/types.js";

/** Two ways to a closed form, or to a number computed from it, differ by rounding only. */
const ROUNDING = 1e-9;

/** Standard errors that two measurements of one number may differ by; thousands of rows are compared. */
const ERRORS = 5;

/** A column of a number with the column of its standard error. */
const MEASURED = [
  ["risk", "standardError"],
  ["distance.gradient-step", "distanceError.gradient-step"],
  ["cosine.gradient-step", "cosineError.gradient-step"],
  ["relativeRisk", "relativeRiskError"],
] as const;

/** Columns that say what a row is about, or are numbers of it without an error. */
const isLabel = (value: Row[string] | undefined) => typeof value === "string" || typeof value === "boolean";

/**
 * What sets the rows of a cell, computed again, apart from the stored ones: a sentence a difference, none where they
 * agree. Closed forms agree to rounding and measured numbers within their standard errors, row by row.
 */
export function differences(stored: readonly Row[], again: readonly Row[]): string[] {
  if (stored.length !== again.length) return [`${again.length} rows instead of ${stored.length}`];
  return stored.flatMap((row, i) => rowDifferences(row, again[i]!).map((text) => `row ${i} (${row.name}): ${text}`));
}

function rowDifferences(row: Row, other: Row): string[] {
  const columns = [...new Set([...Object.keys(row), ...Object.keys(other)])];
  const labels = columns.filter((column) => {
    const [a, b] = [row[column], other[column]];
    return (isLabel(a) || isLabel(b) || (a === null) !== (b === null)) && a !== b;
  });
  const compared = row.exact === true ? exactDifferences(row, other) : measuredDifferences(row, other);
  return [...labels.map((column) => `${column} is ${other[column]} instead of ${row[column]}`), ...compared];
}

function exactDifferences(row: Row, other: Row): string[] {
  const numbers = Object.entries(row).flatMap(([column, value]) => (typeof value === "number" ? [column] : []));
  return numbers.flatMap((column) => {
    const [a, b] = [row[column] as number, Number(other[column])];
    return Math.abs(a - b) <= ROUNDING * Math.max(1, Math.abs(a)) ? [] : [`${column} is ${b} instead of ${a}`];
  });
}

function measuredDifferences(row: Row, other: Row): string[] {
  return MEASURED.flatMap(([column, error]) => {
    if (typeof row[column] !== "number") return [];
    const [a, b] = [row[column], Number(other[column])];
    const allowed = ERRORS * Math.hypot(Number(row[error]), Number(other[error]));
    return Math.abs(a - b) <= allowed ? [] : [`${column} is ${b} instead of ${a}, more than ${allowed}`];
  });
}
