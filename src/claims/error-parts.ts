import type { ErrorParts } from "../types.js";

/** What one pool of tasks (or a study without pools) says of a quantity: a value a seed, with its error over prompts. */
export interface PoolValues {
  readonly values: readonly number[];
  /** Null where it is not known. */
  readonly promptErrors: readonly (number | null)[];
}

/**
 * The standard error of a mean over pools, seeds and prompts, nested in that order, as what each of them adds to it:
 * y_ps = mu + A_p + B_ps + e_ps with P pools of S seeds. By the expectations of mean squares
 *
 *   prompts^2 = sum s_ps^2 / (P S)^2,   seeds^2 = sum_p v_p / S / P^2 - prompts^2,   pools^2 = V / P - sum_p v_p / S / P^2
 *
 * where s_ps is the error over prompts, v_p the variance over the seeds of pool p and V that of the pools' means. A
 * difference below 0 is 0; what cannot be told (seeds from one of them, pools from one) is null. With one pool the parts
 * are those of the error over seeds.
 * Source: Searle, Casella, McCulloch, "Variance Components", 1992, Section 3.6 (analysis of variance, nested).
 */
export function errorParts(pools: readonly PoolValues[]): ErrorParts {
  const count = pools.length;
  const known = pools.flatMap(({ promptErrors }) => promptErrors);
  const overPrompts = known.some((error) => error === null)
    ? Number.NaN
    : sum(pools.map(({ promptErrors }) => sum(promptErrors.map((error) => error! ** 2)) / promptErrors.length ** 2)) /
      count ** 2;
  const within = sum(pools.map(({ values }) => variance(values) / values.length)) / count ** 2;
  const between = variance(pools.map(({ values }) => mean(values))) / count;
  // Pools of one seed each: what varies from seed to seed is in the error over pools, and cannot be told from it.
  const below = Number.isFinite(within) ? within : overPrompts;
  return {
    pools: count < 2 ? null : root(between - below),
    seeds: root(within - overPrompts),
    prompts: root(overPrompts),
  };
}

function root(square: number): number | null {
  return Number.isFinite(square) ? Math.sqrt(Math.max(0, square)) : null;
}

function mean(values: readonly number[]): number {
  return sum(values) / values.length;
}

/** Unbiased; NaN of one value. */
function variance(values: readonly number[]): number {
  const centre = mean(values);
  return sum(values.map((value) => (value - centre) ** 2)) / (values.length - 1);
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
