import { normalQuantile } from "../math/distributions.js";
import type { Row } from "../types.js";
import { canonical } from "./canonical.js";
import type { Provenance } from "./provenance.js";
import type { StoredCell } from "./store.js";

/** Probability that any of all compared rows is called different by chance: that of 3 sigma. */
const LEVEL = 0.0027;

/** Closed forms differ beyond this part of the larger: their roundoff, with digits to spare. */
const ROUNDOFF = 1e-9;

/** One row that two folders have with different numbers. */
export interface RowDifference {
  readonly experiment: string;
  readonly settings: Row;
  readonly name: string;
  readonly exact: boolean;
  readonly testContext: Row[string];
  readonly here: number | string | null;
  readonly there: number | string | null;
  /** Standard errors between them; null where nothing is random or a number is missing. */
  readonly standardErrors: number | null;
}

/** What sets two folders of rows apart. */
export interface FolderDifference {
  /** Rows that both have. */
  readonly compared: number;
  /** Of these, with the same risk to the last bit. */
  readonly identical: number;
  readonly onlyHere: number;
  readonly onlyThere: number;
  /** Standard errors beyond which a sampled row counts as different. */
  readonly threshold: number;
  readonly different: readonly RowDifference[];
  /** What the cells of rows that are not the same to the last bit do not share, a sentence each. */
  readonly reasons: readonly string[];
}

/**
 * Rows of two folders, matched by experiment, cell and name: which differ by more than their error,
 * |a - b| > z sqrt(s_a^2 + s_b^2) with z at 0.0027 over all that are compared (Bonferroni). Where both were measured on
 * the same prompts the errors go together and this says less than it could, never more. Closed forms differ beyond
 * roundoff, and rows of which one is infinite or undefined by that.
 */
export function folderDifference(here: readonly StoredCell[], there: readonly StoredCell[]): FolderDifference {
  const [ours, theirs] = [rowsByName(here), rowsByName(there)];
  const shared = [...ours.keys()].filter((key) => theirs.has(key));
  const pairs = shared.map((key) => [ours.get(key)!, theirs.get(key)!] as const);
  const random = pairs.filter(([a]) => a.row.exact !== true).length;
  const threshold = random === 0 ? 0 : -normalQuantile(LEVEL / random / 2);
  const changed = pairs.filter(([a, b]) => riskOf(a.row) !== riskOf(b.row));
  const unequal = pairs.filter(([a, b]) => isDifferent(a.row, b.row, threshold));
  return {
    compared: pairs.length,
    identical: pairs.length - changed.length,
    onlyHere: ours.size - pairs.length,
    onlyThere: theirs.size - pairs.length,
    threshold,
    different: unequal.map(([a, b]) => differenceOf(a, b)),
    reasons: [...new Set(changed.flatMap(([a, b]) => reasons(a.provenance, b.provenance)))],
  };
}

interface Placed {
  readonly row: Row;
  readonly provenance: Provenance;
}

/** Rows that share all of this (steps of one course of training) are told apart by their order. */
function rowsByName(cells: readonly StoredCell[]): Map<string, Placed> {
  const placed = new Map<string, Placed>();
  for (const { provenance, rows } of cells)
    for (const row of rows) {
      const { experiment, settings } = provenance;
      const { name, exact, testContext } = row;
      const place = { experiment, settings, name, exact, testContext, ...shiftOf(row) };
      let number = 0;
      while (placed.has(canonical({ ...place, number }))) number++;
      placed.set(canonical({ ...place, number }), { row, provenance });
    }
  return placed;
}

/** Columns of a shifted test. */
function shiftOf(row: Row): Row {
  return Object.fromEntries(Object.entries(row).filter(([column]) => /Scale$|^step$|^tasks$/.test(column)));
}

/** The risk, or the word for why there is none. */
function riskOf({ risk, status }: Row): number | string | null {
  if (typeof risk === "number") return risk;
  return typeof status === "string" ? status : null;
}

function isDifferent(a: Row, b: Row, threshold: number): boolean {
  const [x, y] = [riskOf(a), riskOf(b)];
  if (typeof x !== "number" || typeof y !== "number") return x !== y;
  const error = errorOf(a, b);
  const roundoff = ROUNDOFF * Math.max(Math.abs(x), Math.abs(y));
  return Math.abs(x - y) > Math.max(roundoff, threshold * error);
}

/** 0 for closed forms, and where an error is not known. */
function errorOf(a: Row, b: Row): number {
  return Math.hypot(Number(a.standardError ?? 0), Number(b.standardError ?? 0));
}

function differenceOf({ row: a, provenance }: Placed, { row: b }: Placed): RowDifference {
  const [here, there] = [riskOf(a), riskOf(b)];
  const error = errorOf(a, b);
  const known = typeof here === "number" && typeof there === "number" && error > 0;
  return {
    ...{ experiment: provenance.experiment, settings: provenance.settings },
    ...{ name: String(a.name), exact: a.exact === true, testContext: a.testContext ?? null, here, there },
    standardErrors: known ? (here - there) / error : null,
  };
}

const SAME_NUMBERS: readonly (readonly [keyof Provenance, string])[] = [
  ["numerics", "version of the numerics"],
  ["seed", "base seed"],
  ["backend", "backend"],
  ["adapter", "adapter"],
  ["version", "version of iclab"],
  ["commit", "commit"],
  ["node", "version of Node"],
];

/** Why two cells may have different numbers: settings first, then what computed them. */
function reasons(a: Provenance, b: Provenance): string[] {
  const paths = differentPaths(a.training, b.training, "training");
  const known = SAME_NUMBERS.filter(([field]) => a[field] !== b[field]);
  const told = known.map(([field, words]) => `the ${words} is ${a[field]} here and ${b[field]} there`);
  const explained = paths.length > 0 || a.numerics !== b.numerics || a.seed !== b.seed;
  const hidden = a.identity !== b.identity && !explained;
  const all = [
    ...paths,
    ...(hidden ? ["the settings of the study differ (law, predictors or evaluation)"] : []),
    ...told,
  ];
  return all.length > 0 ? all : ["nothing that is stored: code that changed without a commit, or a fault"];
}

function differentPaths(a: unknown, b: unknown, path: string): string[] {
  if (canonical(a ?? null) === canonical(b ?? null)) return [];
  if (!isMap(a) || !isMap(b)) return [`${path} is ${JSON.stringify(a)} here and ${JSON.stringify(b)} there`];
  return [...new Set([...Object.keys(a), ...Object.keys(b)])].flatMap((key) =>
    differentPaths(a[key], b[key], `${path}.${key}`),
  );
}

function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}
