import type { Autoregression } from "../../laws/autoregressive.js";
import type { ClosedForm } from "../../types.js";
import { fixedSeriesOnly } from "./series-only.js";

/** psi_0 = 1, psi_k = sum_j rho_j psi_(k-j): what an innovation leaves k steps later; `count` of them. */
export function impulseResponse(rho: readonly number[], count: number): readonly number[] {
  const psi: number[] = [];
  for (let k = 0; k < count; k++)
    psi.push(k === 0 ? 1 : rho.reduce((sum, weight, j) => sum + weight * (psi[k - 1 - j] ?? 0), 0));
  return psi;
}

/**
 * Risk of the best forecast h steps ahead from a window of the order or more, s2 sum_(k<h) psi_k^2: it rises to gamma_0.
 * The direct forecast and the noise-free rollout of the one-step forecast are the same function, and so is their risk.
 * Source: Zhou, Wang, Goel, Zhang 2025, Theorem 4.9 (the Bayes side).
 */
export const horizonRisk: ClosedForm<Autoregression, { readonly horizon: number }> = {
  name: "risk h steps ahead",
  source: { paper: "Zhou, Wang, Goel, Zhang 2025", where: "Theorem 4.9" },
  kind: "exact",
  applies(population) {
    const fixed = fixedSeriesOnly(population);
    if (fixed !== true) return fixed;
    const { coefficients, window } = population;
    const order = coefficients.kind === "fixed" ? coefficients.rho.length : 0;
    return window >= order || `a window of ${window} does not hold the ${order} values that the series depends on`;
  },
  value({ coefficients, noise }, { horizon }) {
    const rho = coefficients.kind === "fixed" ? coefficients.rho : [];
    return noise ** 2 * impulseResponse(rho, horizon).reduce((sum, psi) => sum + psi * psi, 0);
  },
};
