import { LeastSquares } from "../math/least-squares.js";
import type { Forecaster } from "./forecaster.js";

/** The entries that a linear map sees of a window, and what is taken off the labels and added to the forecasts again. */
interface View {
  readonly entries: (window: Float64Array) => readonly number[];
  readonly level: (window: Float64Array) => number;
}

/** Kernel of the moving average that DLinear calls the trend. */
const KERNEL = 25;

/**
 * A map from the last p values to H steps at once, one row a step, fitted once to the training part by least squares (the
 * papers train by gradient, to the same optimum): of least norm where windows leave a choice.
 * Source: Zeng, Chen, Zhang, Xu 2023, Section 4.
 */
function linearMap(name: string, says: string, { entries, level }: View): Forecaster {
  return {
    name,
    says,
    fit(training, { window, horizon }) {
      const rows = training.length - window - horizon + 1;
      const windows = Array.from({ length: rows }, (_, i) => training.subarray(i, i + window));
      const inputs = windows.map(entries);
      const features = inputs[0]?.length ?? 0;
      const leastSquares = new LeastSquares(rows, features);
      const map = Array.from({ length: horizon }, (_, h) => {
        for (let i = 0; i < rows; i++) {
          for (let j = 0; j < features; j++) leastSquares.x[j * rows + i] = inputs[i]![j]!;
          leastSquares.y[i] = training[i + window + h]! - level(windows[i]!);
        }
        return leastSquares.solve(rows).slice();
      });
      return (history) => {
        const last = history.subarray(history.length - window);
        const [seen, base] = [entries(last), level(last)];
        return Float64Array.from(map, (weights) => weights.reduce((sum, w, j) => sum + w * seen[j]!, base));
      };
    },
  };
}

/** yhat = W x + b. */
export const linear = linearMap("linear", "a linear map from window to horizon with a constant", {
  entries: (window) => [...window, 1],
  level: () => 0,
});

/** yhat = W (x - x_last) + b + x_last: a level that moves is followed. */
export const nlinear = linearMap("nlinear", "the same on the window less its last value, which is added again", {
  entries: (window) => [...window.subarray(0, -1).map((value) => value - window.at(-1)!), 1],
  level: (window) => window.at(-1)!,
});

/**
 * yhat = W_s (x - trend) + W_t trend + b, the trend a moving average over 25 values with the ends repeated. Both parts are
 * linear in x, so that it is the map of `linear` in other coordinates, and least squares finds the same forecasts.
 */
export const dlinear = linearMap("dlinear", "linear maps of the moving average and of the rest", {
  entries: (window) => {
    const trend = movingAverage(window);
    return [...window.map((value, i) => value - trend[i]!), ...trend, 1];
  },
  level: () => 0,
});

export function movingAverage(window: Float64Array): Float64Array {
  const reach = (KERNEL - 1) / 2;
  return window.map((_, i) => {
    let sum = 0;
    for (let k = i - reach; k <= i + reach; k++) sum += window[Math.min(Math.max(k, 0), window.length - 1)]!;
    return sum / KERNEL;
  });
}
