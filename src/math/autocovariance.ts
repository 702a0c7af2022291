import type { Rows } from "../types.js";
import { predictionsOf } from "./reflection.js";

/**
 * Autocovariances gamma_0 .. gamma_lags of the stationary autoregression with reflection coefficients r_k and
 * innovations of variance s2:
 *
 *   gamma_0 = s2 / prod_k (1 - r_k^2),   gamma_k = sum_(j<k) phi_(k-1)[j - 1] gamma_(k-j) + r_k v_(k-1),
 *
 * v_k = gamma_0 prod_(i<=k) (1 - r_i^2) the error of the best prediction from k values, r_k = 0 beyond the order. There is
 * no system to solve and nothing cancels at gamma_0, which is right to a few roundings however near the roots are to the
 * circle. Source: Durbin 1960, Section 2.
 */
export function autocovariances(reflections: readonly number[], s2: number, lags: number): readonly number[] {
  const phi = predictionsOf(reflections);
  const errors = predictionErrors(reflections, s2);
  const gamma = [errors[0]!];
  for (let k = 1; k <= lags; k++) {
    const row = phi[Math.min(k - 1, reflections.length)]!;
    const known = row.reduce((sum, weight, j) => sum + weight * gamma[k - 1 - j]!, 0);
    gamma.push(known + (reflections[k - 1] ?? 0) * (errors[k - 1] ?? 0));
  }
  return gamma;
}

/** Variances v_0 .. v_q of the errors of the best predictions from k = 0 .. q values; v_0 = gamma_0, v_q = s2. */
export function predictionErrors(reflections: readonly number[], s2: number): readonly number[] {
  const errors = [s2];
  for (const r of [...reflections].reverse()) errors.unshift(errors[0]! / ((1 - r) * (1 + r)));
  return errors;
}

/** The Toeplitz matrix gamma_|i-j| of the given size. */
export function toeplitz(gamma: readonly number[], size: number): Rows {
  return Array.from({ length: size }, (_, i) => Array.from({ length: size }, (__, j) => gamma[Math.abs(i - j)]!));
}
