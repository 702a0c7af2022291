import type { Measurement, Row } from "../types.js";

/** The column that numbers further samples of prompts for one seed's model: 2, 3, ...; the first has none. */
export const LOOK = "look";

/** Columns of means over the prompts of a row, and of their errors and covariances. */
const MEANS = /^(risk$|excess$|distance\.|cosine\.)/;
const ERRORS = /^(standardError$|distanceError\.|cosineError\.)/;
const COVARIANCES = /^covariance\./;

/**
 * Rows as if all prompts of a seed had been measured at once: those that differ in `look` only are put together. With
 * n_j prompts of N a mean is sum n_j m_j / N, and a variance of means sum (n_j / N)^2 v_j. A number that is undefined in
 * any of them is undefined. What is no mean (training, closed forms) is the first row's.
 *
 * @param by columns that set cells apart
 */
export function pooledLooks(rows: readonly Measurement[], by: readonly string[]): Measurement[] {
  if (!rows.some((row) => typeof row[LOOK] === "number")) return [...rows];
  const groups = new Map<string, Measurement[]>();
  for (const row of rows) {
    const name = JSON.stringify([row.name, row.exact, row.seed, ...by.map((column) => row[column])]);
    const group = groups.get(name);
    if (group) group.push(row);
    else groups.set(name, [row]);
  }
  return [...groups.values()].map((group) => (group.length === 1 ? group[0]! : together(group)));
}

function together(rows: readonly Measurement[]): Measurement {
  const sorted = [...rows].sort((a, b) => lookOf(a) - lookOf(b));
  const prompts = sum(sorted.map((row) => row.prompts ?? Number.NaN));
  const shares = sorted.map((row) => row.prompts! / prompts);
  const bad = sorted.find(({ status }) => status !== "ok");
  const of = (column: string) => sorted.map((row) => numberOf(row[column]));
  const columns = Object.keys(sorted[0]!).map((column): [string, Row[string]] => {
    const weighted = (power: number, shape = (value: number) => value) =>
      sum(of(column).map((value, j) => shares[j]! ** power * shape(value)));
    if (MEANS.test(column)) return [column, finite(weighted(1))];
    if (COVARIANCES.test(column)) return [column, finite(weighted(2))];
    if (ERRORS.test(column)) return [column, finite(Math.sqrt(weighted(2, (error) => error ** 2)))];
    return [column, sorted[0]![column]!];
  });
  const largest = largestShare(sorted);
  return {
    ...(Object.fromEntries(columns) as Measurement),
    ...{ prompts, status: bad?.status ?? "ok" },
    ...(sorted[0]!.largestShare !== undefined && { largestShare: largest }),
  };
}

/**
 * The largest part that a prompt makes of the spread of all: sum d^2 of a sample of n prompts is s^2 n (n - 1), and the
 * means of samples differ by little beside it.
 */
function largestShare(rows: readonly Measurement[]): number | null {
  const spreads = rows.map(
    ({ standardError, prompts }) => (standardError ?? Number.NaN) ** 2 * prompts! * (prompts! - 1),
  );
  const parts = rows.map((row, j) => numberOf(row.largestShare) * spreads[j]!);
  return finite(Math.max(...parts) / sum(spreads));
}

const lookOf = (row: Measurement): number => (typeof row[LOOK] === "number" ? row[LOOK] : 1);

const numberOf = (value: Row[string] | undefined): number => (typeof value === "number" ? value : Number.NaN);

const finite = (value: number): number | null => (Number.isFinite(value) ? value : null);

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
