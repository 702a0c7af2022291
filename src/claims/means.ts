import type { Measurement, Row } from "../types.js";
import { type Cell, cellsOf, labelOf } from "./cell.js";
import { mean } from "./estimate.js";
import { twoSidedTail } from "./tail.js";

/** A sampled risk in one cell over its seeds, with what is random in it kept apart. */
export interface Mean {
  readonly name: string;
  /** The cell in words. */
  readonly cell: string;
  readonly columns: Row;
  readonly seeds: readonly number[];
  /** The pools of tasks that the mean is over; empty without. */
  readonly pools: readonly number[];
  /** Null where any seed's risk is not finite. */
  readonly risk: number | null;
  /** s / sqrt(P) of the pools' means, which contains what seeds and prompts vary; null without pools. */
  readonly errorOverPools: number | null;
  /** s / sqrt(k) of the seeds' risks; null below two seeds. Prompts are drawn anew for each seed: theirs is in it. */
  readonly errorOverSeeds: number | null;
  /** sqrt(sum s_i^2) / k of the errors over prompts: what is left when training repeats itself. */
  readonly errorOverPrompts: number | null;
  /** The mean without each seed in turn, or without each pool. */
  readonly leaveOneOut: readonly number[];
  /** The seed, or the pool, that carries the mean, or null. */
  readonly carriedBy: number | null;
}

/**
 * The means of every name in every cell.
 *
 * @param by columns that set cells apart @param pools the one of them that tells pools of tasks apart, whose mean is taken
 */
export function meansOf(rows: readonly Measurement[], by: readonly string[], pools: string | null = null): Mean[] {
  const columns = by.filter((column) => column !== pools);
  return cellsOf(rows, columns).flatMap((cell) => {
    const names = [...new Set(cell.rows.filter(isSampled).map(({ name }) => name))];
    return names.map((name) => meanOf(name, cell, pools));
  });
}

function meanOf(name: string, { columns, rows }: Cell, pools: string | null): Mean {
  const own = rows.filter((row) => isSampled(row) && row.name === name);
  const members = pools === null ? null : cellsOf(own, [pools]);
  const seeds = [...new Set(own.map(({ seed }) => seed!))];
  const numbers = members?.map((member) => member.columns[pools!] as number) ?? [];
  const values = members?.map((member) => mean(risksOf(member.rows))) ?? risksOf(own);
  const outlier = outlierOf(values);
  return {
    ...{ name, cell: labelOf(columns), columns, seeds, pools: numbers },
    ...(members === null ? { errorOverPools: null, ...meanRisk(own) } : meanOverPools(members)),
    leaveOneOut: values.length < 2 ? [] : values.map((_, i) => mean(without(values, i))),
    carriedBy: outlier === null ? null : (members === null ? own.map(({ seed }) => seed!) : numbers)[outlier]!,
  };
}

/** Errors of independent pools are added in squares: each pool's counts 1 / P. */
function meanOverPools(
  pools: readonly Cell[],
): Pick<Mean, "risk" | "errorOverPools" | "errorOverSeeds" | "errorOverPrompts"> {
  const each = pools.map(({ rows }) => meanRisk(rows));
  const added = (errors: readonly (number | null)[]) =>
    finite(Math.hypot(...errors.map((error) => error ?? Number.NaN)) / errors.length);
  const risks = each.map(({ risk }) => risk ?? Number.NaN);
  return {
    risk: finite(mean(risks)),
    errorOverPools: risks.length < 2 ? null : finite(deviation(risks) / Math.sqrt(risks.length)),
    errorOverSeeds: added(each.map(({ errorOverSeeds }) => errorOverSeeds)),
    errorOverPrompts: added(each.map(({ errorOverPrompts }) => errorOverPrompts)),
  };
}

/** The mean risk of one name's rows, a row a seed, and its errors apart. */
export function meanRisk(rows: readonly Measurement[]): Pick<Mean, "risk" | "errorOverSeeds" | "errorOverPrompts"> {
  const risks = risksOf(rows);
  const errors = rows.map(({ standardError }) => standardError ?? Number.NaN);
  return {
    risk: finite(mean(risks)),
    errorOverSeeds: risks.length < 2 ? null : finite(deviation(risks) / Math.sqrt(risks.length)),
    errorOverPrompts: finite(Math.hypot(...errors) / errors.length),
  };
}

function risksOf(rows: readonly Measurement[]): number[] {
  return rows.map(({ risk, status }) => (status === "ok" && risk !== null ? risk : Number.NaN));
}

/** One false alarm in a hundred means of normal seeds. */
const LEVEL = 0.01;

/**
 * The one of k >= 3 values that does not belong to the others and moves the mean by more than the error of the mean
 * without it (of a hundred seeds, one that is merely odd carries nothing): the largest deviation from the mean of the rest in units
 * of its error, t = |x - mean| / (s sqrt(1 + 1 / (k - 1))) with Student's t of k - 2 degrees, at level / k.
 * Source: Grubbs, "Sample criteria for testing outlying observations", 1950, Section 2 (in the form of a t test).
 */
function outlierOf(values: readonly number[]): number | null {
  const count = values.length;
  if (count < 3 || !values.every(Number.isFinite)) return null;
  const probabilities = values.map((value, i) => {
    const rest = without(values, i);
    const distance = Math.abs(value - mean(rest));
    return distance === 0 ? 1 : twoSidedTail(distance / (deviation(rest) * Math.sqrt(1 + 1 / (count - 1))), count - 2);
  });
  const least = Math.min(...probabilities);
  const index = probabilities.indexOf(least);
  const rest = without(values, index);
  const moved = Math.abs(mean(values) - mean(rest));
  return least <= LEVEL / count && moved > deviation(rest) / Math.sqrt(count - 1) ? index : null;
}

function isSampled({ exact, seed }: Measurement): boolean {
  return !exact && seed !== null;
}

function without(values: readonly number[], index: number): number[] {
  return values.filter((_, i) => i !== index);
}

/** Root of the unbiased variance. */
function deviation(values: readonly number[]): number {
  const centre = mean(values);
  return Math.sqrt(values.reduce((sum, value) => sum + (value - centre) ** 2, 0) / (values.length - 1));
}

function finite(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}
