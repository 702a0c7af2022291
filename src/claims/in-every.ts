import type { Measurement, Verdict } from "../types.js";
import { along, cellsOf, eachCell, eachSeed } from "./cell.js";
import type { Judge } from "./inequality.js";
import { FAMILY_LEVEL, verdictOf } from "./verdict.js";

/** Whether a claim holds in every cell, where `by` are the columns that set cells apart. */
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
