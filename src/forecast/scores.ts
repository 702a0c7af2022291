import type { Key } from "../types.js";
import type { Backtest } from "./backtest.js";
import { blockIndices, percentileInterval } from "./block-bootstrap.js";

export interface Scored {
  readonly value: number | null;
  /** Holds 95 % of the resampled values; null where there are too few origins for two blocks. */
  readonly interval: readonly [number, number] | null;
}

export interface Scores {
  readonly name: string;
  /** Mean absolute error over origins and steps, in units of the seasonal naive's one season ahead in the training part. */
  readonly mase: Scored;
  /** Root of the mean squared error over origins and steps, in the series' unit. */
  readonly rmse: Scored;
  /** The same root at each step by itself. */
  readonly rmseByStep: readonly (number | null)[];
}

const RESAMPLES = 1000;
const LEVEL = 0.95;

/** Blocks as long as forecasts overlap, and no shorter than the cube root of the number of origins. */
export function blockLength(origins: number, horizon: number): number {
  return Math.max(horizon, Math.ceil(Math.cbrt(origins)));
}

/** mean |x_t - x_(t-S)| of the training part. Source: Hyndman, Koehler 2006, "Another look at measures of forecast accuracy", Section 3. */
export function seasonalScale(training: Float64Array, season: number): number {
  let sum = 0;
  for (let t = season; t < training.length; t++) sum += Math.abs(training[t]! - training[t - season]!);
  return sum / (training.length - season);
}

/** Scores of every forecaster with moving-block-bootstrap intervals, all from the same resamples of origins. */
export function scoresOf({ training, origins, errors }: Backtest, season: number, horizon: number, key: Key): Scores[] {
  const scale = seasonalScale(training, season);
  const block = blockLength(origins.length, horizon);
  const resamples =
    origins.length < 2 * block
      ? []
      : Array.from({ length: RESAMPLES }, (_, r) => blockIndices(key, r, origins.length, block));
  const scored = (ofOrigin: Float64Array, ofMean: (mean: number) => number): Scored => {
    const resampled = Float64Array.from(resamples, (indices) => ofMean(meanAt(ofOrigin, indices)));
    const interval = resampled.length > 0 ? percentileInterval(resampled, LEVEL) : null;
    return { value: finite(ofMean(meanAt(ofOrigin, origins.keys()))), interval };
  };
  return [...errors].map(([name, each]) => ({
    name,
    mase: scored(meansOf(each, Math.abs), (mean) => mean / scale),
    rmse: scored(meansOf(each, square), Math.sqrt),
    rmseByStep: Array.from({ length: horizon }, (_, h) => finite(Math.sqrt(mean(each.map((e) => e[h]! ** 2))))),
  }));
}

/** The mean over steps at each origin. */
export function meansOf(errors: readonly Float64Array[], loss: (error: number) => number): Float64Array {
  return Float64Array.from(errors, (steps) => mean(Array.from(steps, loss)));
}

export const square = (error: number): number => error * error;

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function meanAt(values: Float64Array, indices: Iterable<number>): number {
  let [sum, count] = [0, 0];
  for (const i of indices) {
    sum += values[i]!;
    count++;
  }
  return sum / count;
}

function finite(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}
