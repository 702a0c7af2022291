import type { Forecaster } from "./forecaster.js";
import { inContext } from "./in-context.js";
import { dlinear, linear, nlinear } from "./linear.js";
import { historyMean, lastValue, seasonalNaive } from "./naive.js";

/** What all others are compared with. */
export const reference = seasonalNaive;

/** Everything that a backtest runs; the last value is the seasonal naive forecast where there is no season. */
export function forecastersFor(season: number): readonly Forecaster[] {
  const plain = season === 1 ? [historyMean] : [lastValue, historyMean];
  return [reference, ...plain, ...inContext, linear, nlinear, dlinear];
}
