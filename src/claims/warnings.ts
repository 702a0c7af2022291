import type { Measurement } from "../types.js";
import { labelOf } from "./cell.js";
import { isHeavyTailed } from "./heavy-tail.js";
import { stillFalling } from "./loss-trend.js";
import type { Mean } from "./means.js";

/** Leave-one-out values that a sentence has room for. */
const MOST_TOLD = 8;

/**
 * What a reader of a study's numbers should know before believing them, a sentence each: a mean that one seed carries, a
 * model whose loss was still falling, a standard error that one prompt makes, a risk that was sampled where it was asked
 * to be integrated. They change no verdict.
 *
 * @param by columns that set cells apart
 */
export function warningsOf(rows: readonly Measurement[], means: readonly Mean[], by: readonly string[]): string[] {
  const placed = (row: Measurement) => {
    const columns = Object.fromEntries(by.map((column) => [column, row[column] ?? null]));
    return `${row.name} (${labelOf({ ...columns, seed: row.seed })})`;
  };
  return [
    ...means.flatMap((one) => (one.carriedBy === null ? [] : [carried(one)])),
    ...firstOfEach(rows.filter(isUnfinished), trainingOf).map((row) => unfinished(row, placed(row))),
    ...rows.filter(hasHeavyTail).map((row) => heavy(row, placed(row))),
    ...firstOfEach(rows.filter(isSampledAllTheSame), ({ name, estimatorWhy }) => `${name} ${estimatorWhy}`).map(
      ({ name, estimatorWhy }) => `${name}: its risk is sampled, not integrated over the query: ${estimatorWhy}`,
    ),
  ];
}

function carried({ name, cell, risk, seeds, pools, leaveOneOut, carriedBy }: Mean): string {
  const unit = pools.length > 0 ? "pool" : "seed";
  const each = (pools.length > 0 ? pools : seeds).map((number, i) => ({ number, left: leaveOneOut[i]! }));
  const rest = each.filter(({ number }) => number !== carriedBy).map(({ left }) => left);
  const without = ({ number, left }: (typeof each)[number]) => `${text(left)} without ${unit} ${number}`;
  const told =
    each.length <= MOST_TOLD
      ? each.map(without)
      : [
          ...each.filter(({ number }) => number === carriedBy).map(without),
          `${text(Math.min(...rest))} to ${text(Math.max(...rest))} without another`,
        ];
  return `${name} (${cell}): its mean risk ${text(risk!)} is carried by ${unit} ${carriedBy}; it is ${told.join(", ")}`;
}

function isUnfinished(row: Measurement): boolean {
  const { lossFall: fall, lossFallError: standardError, lossFallDegrees: degrees } = row;
  if (typeof fall !== "number" || typeof standardError !== "number" || typeof degrees !== "number") return false;
  return stillFalling({ fall, standardError, degrees });
}

function unfinished({ lossFall, lossFallError }: Measurement, where: string): string {
  const fall = `${text(100 * (lossFall as number))} ± ${text(100 * (lossFallError as number))} %`;
  return `${where} had not converged: its loss fell by ${fall} over the last third of its steps`;
}

/** Of items with the same name the first. */
function firstOfEach<T>(items: readonly T[], nameOf: (item: T) => string): T[] {
  const seen = new Set<string>();
  return items.filter((item) => seen.size < seen.add(nameOf(item)).size);
}

/** A training is the same at all tests of its cell. */
function trainingOf({ name, seed, context, lossFall, lossFallError }: Measurement): string {
  return JSON.stringify([name, seed, context, lossFall, lossFallError]);
}

/** A risk that was to be integrated over the query, and was not. */
function isSampledAllTheSame({ estimator, estimatorWhy }: Measurement): boolean {
  return estimator === "sampled" && typeof estimatorWhy === "string";
}

function hasHeavyTail({ largestShare, prompts }: Measurement): boolean {
  return typeof largestShare === "number" && prompts !== null && isHeavyTailed(largestShare, prompts);
}

function heavy({ largestShare, prompts }: Measurement, where: string): string {
  const share = text(100 * (largestShare as number));
  return `${where}: do not trust its standard error; one prompt of ${prompts} makes ${share} % of the squared errors' spread`;
}

function text(value: number): string {
  return String(Number(value.toPrecision(4)));
}
