import type { LinearRegression } from "../laws/gaussian-linear.js";
import type { ClosedForm } from "../types.js";
import { isotropicOnly, labelShares } from "./label-shares.js";

/**
 * Risk of least squares of minimum norm on noisy query labels where d and n grow together, x = d / n, s the noise variance
 * as a share of the signal:
 *
 *   R = signal [ s + s x / (1 - x) ]                       x < 1
 *   R = signal [ s + 1 - 1 / x + s / (x - 1) ]             x > 1
 *
 * Infinite at x = 1 unless there is no noise. `leastSquaresRisk` is exact at finite sizes.
 * Source: Hastie, Montanari, Rosset, Tibshirani 2022, Theorem 1.
 */
export const leastSquaresLimit: ClosedForm<LinearRegression> = {
  name: "proportional limit of least squares",
  source: { paper: "Hastie, Montanari, Rosset, Tibshirani 2022", where: "Theorem 1" },
  kind: "asymptotic",
  applies: isotropicOnly,
  value(population, { context }) {
    const { signal, noise, ratio } = labelShares(population, context);
    if (noise === 0) return signal * Math.max(0, 1 - 1 / ratio);
    if (ratio <= 1) return signal * (noise + (noise * ratio) / (1 - ratio));
    const missed = 1 - 1 / ratio;
    return signal * (noise + missed + (ratio === Number.POSITIVE_INFINITY ? 0 : noise / (ratio - 1)));
  },
};
