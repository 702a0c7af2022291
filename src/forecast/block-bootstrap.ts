import { Draws } from "../math/draws.js";
import type { Key } from "../types.js";

/**
 * Moving-block bootstrap: n indices as runs of `block` successive ones from uniform places, the last run cut. What is
 * averaged over them keeps the dependence of neighbours up to `block` steps.
 * Source: Künsch 1989, "The jackknife and the bootstrap for general stationary observations", Section 2.
 *
 * @param resample which of the resamples: the same one for all that is compared
 */
export function blockIndices(key: Key, resample: number, count: number, block: number): Uint32Array {
  const draws = new Draws(key, resample);
  const indices = new Uint32Array(count);
  for (let i = 0; i < count; i += block) {
    const start = draws.integer(count - block + 1);
    for (let j = 0; j < block && i + j < count; j++) indices[i + j] = start + j;
  }
  return indices;
}

/** An interval that holds `level` of the resampled values, by their quantiles; null where one of them is undefined. */
export function percentileInterval(resampled: Float64Array, level: number): readonly [number, number] | null {
  if (resampled.some((value) => !Number.isFinite(value))) return null;
  const sorted = resampled.slice().sort();
  const at = (p: number) => {
    const place = p * (sorted.length - 1);
    const below = Math.floor(place);
    return sorted[below]! + (place - below) * ((sorted[below + 1] ?? sorted[below]!) - sorted[below]!);
  };
  return [at((1 - level) / 2), at((1 + level) / 2)];
}
