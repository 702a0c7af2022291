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
  ["excess", "standardError"],
] as const;

/** Columns that say what a row is about, or are numbers of it without an error. */
const isLabel = (value: Row[string] | undefined) => typeof value === "string" || typeof value === "boolean";

/** Relative rounding of one step in float32: what numbers of trained weights, which have no error, may differ by a step. */
const STEP_ROUNDING = 2 ** -24;

/** Errors themselves, and covariances, which may be of numbers that are 0 but for rounding. */
const isError = (column: string) => /Error|^covariance\./.test(column);

/**
 * What sets the rows of a cell, computed again, apart from the stored ones: a sentence a difference, none where they
 * agree. Row by row, closed forms agree to rounding, measured numbers within their standard errors, and what is computed
 * from them or from trained weights to the rounding of all steps.
 *
 * @param steps of training behind the rows
 */
export function differences(stored: readonly Row[], again: readonly Row[], steps: number): string[] {
  if (stored.length !== again.length) return [`${again.length} rows instead of ${stored.length}`];
  return stored.flatMap((row, i) =>
    rowDifferences(row, again[i]!, steps).map((text) => `row ${i} (${row.name}): ${text}`),
  );
}

function rowDifferences(row: Row, other: Row, steps: number): string[] {
  const columns = [...new Set([...Object.keys(row), ...Object.keys(other)])];
  const labels = columns.filter((column) => {
    const [a, b] = [row[column], other[column]];
    return (isLabel(a) || isLabel(b) || (a === null) !== (b === null)) && a !== b;
  });
  const compared = row.exact === true ? exactDifferences(row, other) : measuredDifferences(row, other, steps);
  return [...labels.map((column) => `${column} is ${other[column]} instead of ${row[column]}`), ...compared];
}

function exactDifferences(row: Row, other: Row): string[] {
  const numbers = Object.entries(row).flatMap(([column, value]) => (typeof value === "number" ? [column] : []));
  return numbers.flatMap((column) => {
    const [a, b] = [row[column] as number, Number(other[column])];
    return Math.abs(a - b) <= ROUNDING * Math.max(1, Math.abs(a)) ? [] : [`${column} is ${b} instead of ${a}`];
  });
}

function measuredDifferences(row: Row, other: Row, steps: number): string[] {
  const errorOf = new Map<string, string>(MEASURED);
  return Object.entries(row).flatMap(([column, a]) => {
    if (typeof a !== "number" || isError(column)) return [];
    const b = Number(other[column]);
    const error = errorOf.get(column);
    const allowed = error
      ? ERRORS * Math.hypot(Number(row[error]), Number(other[error])) + ROUNDING * Math.abs(a)
      : Math.max(ROUNDING, steps * STEP_ROUNDING) * Math.abs(a);
    return Math.abs(a - b) <= allowed ? [] : [`${column} is ${b} instead of ${a}, more than ${allowed} away`];
  });
}
