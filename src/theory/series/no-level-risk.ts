import { type Autoregression, autocovariancesOf } from "../../laws/autoregressive.js";
import { toeplitz } from "../../math/autocovariance.js";
import { solve } from "../../math/solve.js";
import type { ClosedForm } from "../../types.js";
import { bestLinearWeights, linearRisk } from "./best-linear.js";
import { fixedSeriesOnly } from "./series-only.js";

/**
 * Weights of the best linear prediction among those that sum to 1, as NLinear's do: it subtracts the last value from the
 * window and adds it again. With w* the best weights and Gamma the window's covariance, by a multiplier,
 *
 *   w = w* + (1 - 1^T w*) Gamma^-1 1 / (1^T Gamma^-1 1)
 *
 * Source: Zeng, Chen, Zhang, Xu 2023, Section 4 (NLinear); the minimiser is derived.
 */
export function noLevelWeights(population: Autoregression): readonly number[] {
  const { window } = population;
  const best = bestLinearWeights(population).slice(0, window);
  const { toOne, total } = levelling(population);
  const missing = 1 - best.reduce((sum, weight) => sum + weight, 0);
  const weights = best.map((weight, i) => weight + (missing * toOne[i]!) / total);
  return population.constant ? [...weights, 0] : weights;
}

/**
 * Risk of the best linear prediction whose weights sum to 1: the best linear risk and (1 - 1^T w*)^2 / (1^T Gamma^-1 1),
 * the price that a stationary series pays for a model that is blind to levels. It vanishes towards a unit root.
 * Source: Zeng, Chen, Zhang, Xu 2023, Section 4 (NLinear); derived.
 */
export const noLevelRisk: ClosedForm<Autoregression, object> = {
  name: "risk of weights that sum to 1",
  source: { paper: "Zeng, Chen, Zhang, Xu 2023", where: "Section 4" },
  kind: "exact",
  applies: fixedSeriesOnly,
  value(population) {
    const weights = bestLinearWeights(population);
    const missing = 1 - weights.reduce((sum, weight) => sum + weight, 0);
    return linearRisk.value(population, { weights }) + missing ** 2 / levelling(population).total;
  },
};

/** Gamma^-1 1 and its sum. */
function levelling(population: Autoregression): { readonly toOne: readonly number[]; readonly total: number } {
  const { window } = population;
  const covariance = toeplitz(autocovariancesOf(population, window), window);
  const ones = covariance.map(() => [1]);
  const toOne = solve(covariance, ones).map(([entry]) => entry!);
  return { toOne, total: toOne.reduce((sum, entry) => sum + entry, 0) };
}
