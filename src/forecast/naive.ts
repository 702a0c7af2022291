import type { Forecaster } from "./forecaster.js";

/** x_(t+h) = x_(t + h - k S) with the least k that makes it known: the last season again. */
export const seasonalNaive: Forecaster = {
  name: "seasonal-naive",
  says: "the last season again; the last value where the season is 1",
  fit:
    (_, { season, horizon }) =>
    (history) =>
      Float64Array.from({ length: horizon }, (_entry, h) => history[history.length - season + (h % season)]!),
};

/** The last value at every step. */
export const lastValue: Forecaster = {
  name: "last-value",
  says: "the last value at every step",
  fit:
    (_, { horizon }) =>
    (history) =>
      new Float64Array(horizon).fill(history.at(-1)!),
};

/** The mean of the history at every step. */
export const historyMean: Forecaster = {
  name: "mean",
  says: "the mean of the history at every step",
  fit:
    (_, { horizon }) =>
    (history) =>
      new Float64Array(horizon).fill(history.reduce((sum, value) => sum + value, 0) / history.length),
};
