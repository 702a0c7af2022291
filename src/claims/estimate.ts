import type { About, ErrorParts } from "../types.js";
import { type Cell, type Group, readingsOf } from "./cell.js";
import type { Dual } from "./dual.js";
import { errorParts } from "./error-parts.js";
import { promptError } from "./prompt-error.js";
import type { Reading } from "./reading.js";

/** An expression of risks; it reads its numbers from the first cell, or from all of them (a slope over cells). */
export type Quantity = (...cells: Reading[]) => Dual;

/** A quantity with its error, or the sentence why there is none. */
export type Estimate =
  | {
      /** May be infinite where an operand is known to be. */
      readonly value: number;
      /** 0 only where nothing is random: closed forms, or a value that is infinite. */
      readonly standardError: number;
      /** Degrees of freedom of Student's t, or null where the normal law applies. */
      readonly degrees: number | null;
      readonly about: About;
      /** What the error is made of, where it is over seeds or pools. */
      readonly errors?: ErrorParts;
      /** Rows that were read. */
      readonly rows: number;
    }
  | { readonly why: string; readonly about: About; readonly rows: number };

/** From this many seeds on an estimate is about training: its error is over seeds. */
export const SEEDS_FOR_TRAINING = 3;

/**
 * A quantity over the seeds of a group of cells. With three or more seeds its error is over seeds, s / sqrt(k) with
 * Student's t of k - 1 degrees, and speaks about *training*. With fewer it is over prompts, sqrt(sum s_i^2) / k, normal,
 * and speaks about *these weights*. Where only closed forms were read nothing is random and it is *exact*.
 *
 * Seeds that agree to the last bit have no error over seeds; the statement is then about these weights. An error of
 * zero decides nothing unless the numbers are closed forms.
 */
export function estimate(quantity: Quantity, cells: readonly Cell[]): Estimate {
  const all = seedBySeed(quantity, cells);
  const rows = new Set(all.flatMap((one) => [...one.slopes.keys()].map((operand) => operand.row)));
  const seeded = [...rows].some((row) => row.seed !== null);
  const used = seeded ? all : all.slice(0, 1);
  const values = used.map((one) => one.value);
  const about: About = !seeded ? "exact" : values.length >= SEEDS_FOR_TRAINING ? "training" : "weights";
  const common = { value: mean(values), degrees: null, rows: rows.size };
  const fail = (why: string): Estimate => ({ why, about, rows: rows.size });

  const undefinedOne = all.find((one) => one.why !== null);
  if (undefinedOne?.why) return fail(undefinedOne.why);
  if (rows.size === 0) return fail("no rows were read");
  if (all.some((one) => one.infinite))
    return values.every((value) => value === values[0] && !Number.isFinite(value))
      ? { ...common, standardError: 0, about }
      : fail("an operand is infinite");

  const overSeeds = about === "training" ? Math.sqrt(variance(values) / values.length) : 0;
  if (overSeeds > 0) {
    const errors = errorParts([{ values, promptErrors: used.map(promptError) }]);
    return { ...common, standardError: overSeeds, degrees: values.length - 1, about, errors };
  }
  if ([...rows].every((row) => row.exact)) return { ...common, standardError: 0, about: "exact" };
  const standardError = overPrompts(used.map(promptError), values);
  if (standardError === null) return fail("an operand has no standard error");
  if (standardError === 0) return fail("the standard error is 0: the numbers do not vary");
  return { ...common, standardError, about: "weights" };
}

/** A quantity of a group: of its cells, or in the mean over its pools. */
export function estimateOf(quantity: Quantity, { cells, pools }: Pick<Group, "cells" | "pools">): Estimate {
  return pools === undefined ? estimate(quantity, cells) : overPools(quantity, pools);
}

/**
 * The mean over pools of tasks of the means over their seeds, with s / sqrt(P) of the P pools' means and Student's t of
 * P - 1 degrees: it speaks about training on pools of that kind, and contains the errors over seeds and prompts. Pools that
 * agree to the last bit decide nothing unless nothing is random.
 */
function overPools(quantity: Quantity, pools: readonly (readonly Cell[])[]): Estimate {
  const all = pools.map((cells) => seedBySeed(quantity, cells));
  const rows = new Set(all.flat().flatMap((one) => [...one.slopes.keys()].map((operand) => operand.row)));
  const isExact = [...rows].every((row) => row.exact);
  const about: About = isExact ? "exact" : "training";
  const fail = (why: string): Estimate => ({ why, about, rows: rows.size });
  const undefinedOne = all.flat().find((one) => one.why !== null);
  if (undefinedOne?.why) return fail(undefinedOne.why);
  if (rows.size === 0) return fail("no rows were read");
  if (all.flat().some((one) => one.infinite)) return fail("an operand is infinite");
  const means = all.map((seeds) => mean(seeds.map((one) => one.value)));
  const common = { value: mean(means), rows: rows.size, degrees: null };
  const standardError = Math.sqrt(variance(means) / means.length);
  if (standardError > 0) {
    const values = all.map((seeds) => seeds.map((one) => one.value));
    const errors = errorParts(all.map((seeds, p) => ({ values: values[p]!, promptErrors: seeds.map(promptError) })));
    return { ...common, standardError, degrees: means.length - 1, about: "training", errors };
  }
  if (isExact && means.length > 0) return { ...common, standardError: 0, about };
  return fail("the standard error over pools is 0, or there is one pool: the numbers do not vary");
}

/** Error of the mean over seeds with independent prompts; seeds that agree to the last bit count as one. */
function overPrompts(errors: readonly (number | null)[], values: readonly number[]): number | null {
  const known = errors.filter((error) => error !== null && Number.isFinite(error)) as number[];
  if (known.length < errors.length) return null;
  const same = values.every((value) => value === values[0]);
  return same ? Math.max(...known) : Math.hypot(...known) / known.length;
}

/** The quantity as each seed sees it, or once where there are closed forms only. */
export function seedBySeed(quantity: Quantity, cells: readonly Cell[]): Dual[] {
  return readingsOf(cells).map((readings) => quantity(...readings));
}

export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Unbiased, with deviations from the mean. */
function variance(values: readonly number[]): number {
  const centre = mean(values);
  return values.reduce((sum, value) => sum + (value - centre) ** 2, 0) / (values.length - 1);
}
