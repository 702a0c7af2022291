import type { Verdict } from "../types.js";
import type { Finding } from "./finding.js";
import { weaker } from "./weaker.js";

/** Probability that a family of random findings holds any wrong one, when nothing else is said: that of 3 sigma. */
export const FAMILY_LEVEL = 0.0027;

/**
 * One verdict over all cells: it holds if every cell holds, is refuted if any cell refutes it, else undecided. A cell
 * decides when its two-sided probability is at most level / (number of cells): Bonferroni, so that a true claim is not
 * refuted by the largest of many cells. No cells: undecided, for a statement about nothing is not a true one.
 */
export function verdictOf(findings: readonly Finding[], level = FAMILY_LEVEL): Verdict {
  const first = findings[0];
  if (!first) return { ...blank, why: "no rows" };
  const rows = findings.reduce((sum, finding) => sum + finding.rows, 0);
  const threshold = level / findings.length;
  const refuting = findings.filter((finding) => finding.side === false && finding.probability <= threshold);
  if (refuting.length > 0) return verdict(false, refuting.reduce(weaker), rows, "refuted by");
  const open = findings.filter((finding) => finding.side === null);
  if (open[0]) return verdict(null, open[0], rows, "undecided by");
  const nearest = findings.reduce(weaker);
  const holds = nearest.side === true && nearest.probability <= threshold;
  return holds ? verdict(true, nearest, rows, "nearest is") : verdict(null, nearest, rows, "too noisy in");
}

/**
 * The verdicts of several claims on one body of rows. Each of H random claims is two one-sided sentences, "it is so" and
 * "it is not so", of which a verdict rejects one: Holm's step-down over all 2 H. With L claims left of H, 2 H - (H - L)
 * sentences are left, and the clearest claim must clear a one-sided level / (H + L): two-sided 2 level / (H + L). From
 * the first that does not, all that follow are undecided. The probability that any claim is decided wrongly, on either
 * side, is then at most `level`, whatever the dependence; level / L for each, Holm's over the H two-sided sentences,
 * keeps it for "differs from the edge" only and not for the side.
 * Source: Holm, "A simple sequentially rejective multiple test procedure", 1979, Section 2.
 */
export function verdictsOf(families: readonly (readonly Finding[])[], level = FAMILY_LEVEL): Verdict[] {
  const strength = families.map((findings) => decisiveProbability(findings));
  const random = randomFamilies(families);
  const order = families.map((_, i) => i).sort((i, j) => strength[i]! - strength[j]!);
  const verdicts: Verdict[] = [];
  let [left, stopped] = [random, false];
  for (const i of order) {
    const exact = strength[i] === 0;
    const at = verdictOf(families[i]!, exact ? level : (2 * level) / (random + left));
    stopped ||= !exact && at.holds === null;
    verdicts[i] = stopped && at.holds !== null ? { ...at, holds: null, why: `too noisy among ${random} claims` } : at;
    if (!exact) left--;
  }
  return verdicts;
}

/** How many of several claims chance has a part in: those that share the level. */
export function randomFamilies(families: readonly (readonly Finding[])[]): number {
  return families.filter((findings) => decisiveProbability(findings) > 0).length;
}

/** The smallest level at which the family is decided; 1 where none decides it. */
function decisiveProbability(findings: readonly Finding[]): number {
  const refuting = findings.filter((finding) => finding.side === false).map((finding) => finding.probability);
  const worst = findings.every((finding) => finding.side === true)
    ? Math.max(...findings.map((finding) => finding.probability))
    : Math.min(1, ...refuting);
  return findings.length === 0 ? 1 : Math.min(1, findings.length * worst);
}

const blank: Verdict = {
  holds: null,
  measured: null,
  expected: null,
  standardError: null,
  margin: null,
  standardErrors: null,
  about: "exact",
  rows: 0,
  why: "",
};

function verdict(holds: boolean | null, by: Finding, rows: number, how: string): Verdict {
  const { measured, expected, margin, about } = by;
  const random = by.standardError !== null && by.standardError > 0;
  const standardErrors = random && margin !== null ? margin / by.standardError! : null;
  const standardError = random ? by.standardError : null;
  const where = by.cell === "" ? "" : `${how} ${by.cell}`;
  const why = [where, by.why].filter((part) => part !== "").join(": ");
  const errors = random && by.errors ? { errors: by.errors } : {};
  return { holds, measured, expected, standardError, margin, standardErrors, ...errors, about, rows, why };
}
