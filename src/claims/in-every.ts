import type { Measurement, Verdict } from "../types.js";
import { along, cellsOf, eachCell, eachSeed } from "./cell.js";
import type { Judge } from "./inequality.js";
import { FAMILY_LEVEL, verdictOf } from "./verdict.js";

/**
 * Whether a claim holds in every cell, where `by` are the columns that set cells apart.
 *
 * @example
 * import { inEveryCell } from "iclab/claims/in-every";
 * import { inequality } from "iclab/claims/inequality";
 * import type { Measurement } from "iclab/types";
 *
 * const place = { context: 8, testContext: 8, seed: 0, exact: false, status: "ok", prompts: 4000, kind: "model" } as const;
 * const row = (name: string, risk: number): Measurement => ({ ...place, name, risk, standardError: 0.01, excess: risk });
 * const judge = inequality(
 *   (cell) => cell!.risk("layer"),
 *   (cell) => cell!.risk("zero"),
 * );
 * inEveryCell([row("layer", 0.7), row("zero", 3)], ["context"], judge).holds; // true
 * inEveryCell([row("layer", 2.99), row("zero", 3)], ["context"], judge).holds; // null
 * inEveryCell([], ["context"], judge).rows; // 0
 */
export function inEveryCell(
  rows: readonly Measurement[],
  by: readonly string[],
  judge: Judge,
  level = FAMILY_LEVEL,
): Verdict {
  return verdictOf(eachCell(cellsOf(rows, by)).map(judge), level);
}

/** Whether a claim holds in every seed of every cell, each seed judged for itself by its error over prompts. */
export function inEverySeed(
  rows: readonly Measurement[],
  by: readonly string[],
  judge: Judge,
  level = FAMILY_LEVEL,
): Verdict {
  return verdictOf(eachSeed(cellsOf(rows, by)).map(judge), level);
}

/** Whether a claim about a curve over the column `x`, such as its slope, holds for all values of the other columns. */
export function inEveryCurve(
  rows: readonly Measurement[],
  by: readonly string[],
  x: string,
  judge: Judge,
  level = FAMILY_LEVEL,
): Verdict {
  return verdictOf(along(cellsOf(rows, by), x).map(judge), level);
}
