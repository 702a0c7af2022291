import { type Autoregression, autocovariancesOf } from "../../laws/autoregressive.js";
import { toeplitz } from "../../math/autocovariance.js";
import { applied } from "../../math/matrix.js";
import type { ClosedForm } from "../../types.js";
import { gaussianSeriesOnly } from "./series-only.js";

/**
 * Risk of the layer b = (-rho_q, .., -rho_1, 1), A = c b rho^T at its best c: it predicts rho . z times the share of the
 * noise's variance that the m residuals of the prompt show. With g = gamma_0 - s2 and s the share of g that is due to
 * innovations within the prompt,
 *
 *   risk = s2 + g (1 - (m + 2 s)^2 / ((m + 2) (m + 4 s))),   s = 1 - a^T Gamma a / g,  a = rho^T C^m,
 *
 * C the companion matrix: s2 + 2 g / (m + 4) where s = 1, and 2 g / m in the limit. The gap to the best linear prediction
 * is the price of estimating a constant, the noise's variance over itself, as the layer has no constant.
 * An upper bound of the optimum's risk: other weights use the edges of the prompt too.
 * Source: derived from Theorem 4.4 of Zhou, Wang, Goel, Zhang 2025, which proves a gap and leaves it open.
 */
export const seriesLsaBound: ClosedForm<Autoregression> = {
  name: "risk of the residual layer on a series",
  source: { paper: "Zhou, Wang, Goel, Zhang 2025", where: "Theorem 4.4" },
  kind: "upper-bound",
  applies(population) {
    const gaussian = gaussianSeriesOnly(population);
    if (gaussian !== true) return gaussian;
    if (population.constant) return "with a constant row the layer has no gap";
    const { rho } = fixed(population);
    return rho.length === population.window || "the residual layer needs a window of exactly the order";
  },
  value(population, { context: m }) {
    const { rho } = fixed(population);
    const gamma = autocovariancesOf(population, rho.length);
    const s2 = population.noise ** 2;
    const g = gamma[0]! - s2;
    if (m === 0) return gamma[0]!;
    const a = forecastWeights(rho, m);
    const old = applied(toeplitz(gamma, rho.length), a).reduce((sum, value, i) => sum + value * a[i]!, 0);
    const s = g > 0 ? 1 - old / g : 1;
    return s2 + g * (1 - (m + 2 * s) ** 2 / ((m + 2) * (m + 4 * s)));
  },
};

/** rho^T C^m: what the q values before the prompt's labels say of the next value, nearest first. */
function forecastWeights(rho: readonly number[], m: number): readonly number[] {
  let weights = [...rho];
  for (let k = 0; k < m; k++) weights = rho.map((entry, j) => weights[0]! * entry + (weights[j + 1] ?? 0));
  return weights;
}

function fixed({ coefficients }: Autoregression) {
  if (coefficients.kind !== "fixed") throw new RangeError("the coefficients are drawn for every prompt");
  return coefficients;
}
