import { type Autoregression, autocovariancesOf } from "../../laws/autoregressive.js";
import { toeplitz } from "../../math/autocovariance.js";
import { applied } from "../../math/matrix.js";
import { predictionsOf } from "../../math/reflection.js";
import type { ClosedForm } from "../../types.js";
import { fixedSeriesOnly } from "./series-only.js";

/**
 * Weights of the best linear prediction from the p values of a window, oldest first, and 0 for the constant: the
 * Durbin-Levinson prediction from p values. A window of the order q or more has rho_q .. rho_1 behind zeros.
 *
 * @throws RangeError where the coefficients are drawn for every prompt
 */
export function bestLinearWeights({ coefficients, window, constant }: Autoregression): readonly number[] {
  if (coefficients.kind !== "fixed") throw new RangeError("the coefficients are drawn for every prompt");
  const { reflections, rho } = coefficients;
  const nearest = window >= rho.length ? rho : predictionsOf(reflections)[window]!;
  const weights = Array.from({ length: window }, (_, i) => nearest[window - 1 - i] ?? 0);
  return constant ? [...weights, 0] : weights;
}

/**
 * Risk of predicting a . x from the window x (oldest value first), in units of the series squared:
 *
 *   E (a . x - x_(p+1))^2 = a^T Gamma a - 2 a . c + gamma_0,   Gamma_ij = gamma_|i-j|,  c_i = gamma_(p-i), i < p
 *
 * and the square of the constant's weight beside it. It needs second moments only, so it is exact for any innovations.
 * Source: Zhou, Wang, Goel, Zhang 2025, Theorem 4.4 (the linear side).
 */
export const linearRisk: ClosedForm<Autoregression, { readonly weights: readonly number[] }> = {
  name: "risk of a linear prediction",
  source: { paper: "Zhou, Wang, Goel, Zhang 2025", where: "Theorem 4.4" },
  kind: "exact",
  applies: fixedSeriesOnly,
  value(population, { weights }) {
    const p = population.window;
    const gamma = autocovariancesOf(population, p);
    const a = weights.slice(0, p);
    const spread = applied(toeplitz(gamma, p), a).reduce((sum, value, i) => sum + value * a[i]!, 0);
    const shared = a.reduce((sum, weight, i) => sum + weight * gamma[p - i]!, 0);
    return gamma[0]! - 2 * shared + spread + (weights[p] ?? 0) ** 2;
  },
};
