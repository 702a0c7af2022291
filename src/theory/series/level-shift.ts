import { type Autoregression, autocovariancesOf } from "../../laws/autoregressive.js";
import { toeplitz } from "../../math/autocovariance.js";
import { solve } from "../../math/solve.js";
import type { ClosedForm } from "../../types.js";
import { linearRisk } from "./best-linear.js";
import { fixedSeriesOnly } from "./series-only.js";

const source = { paper: "Zeng, Chen, Zhang, Xu 2023", where: "Section 4" } as const;

/**
 * Risk of a linear prediction w . x where all values, the next one too, have moved by a level L since w was found:
 *
 *   risk without the shift + L^2 (1 - 1^T w)^2.   Weights that sum to 1 (NLinear's) do not notice it.
 *
 * Source: Zeng, Chen, Zhang, Xu 2023, Section 4 (NLinear and distribution shift); derived.
 */
export const shiftedRisk: ClosedForm<Autoregression, { readonly weights: readonly number[]; readonly level: number }> =
  {
    name: "risk of a linear prediction after a shift of level",
    source,
    kind: "exact",
    applies: (population) =>
      population.constant ? "a constant row does not move with the level" : fixedSeriesOnly(population),
    value(population, { weights, level }) {
      const missing = 1 - weights.reduce((sum, weight) => sum + weight, 0);
      return linearRisk.value(population, { weights }) + (level * missing) ** 2;
    },
  };

/**
 * The shift from which on NLinear is better than the best linear prediction: its price (1 - 1^T w)^2 / (1^T Gamma^-1 1) is
 * what the other one loses at
 *
 *   L = (1^T Gamma^-1 1)^(-1/2),
 *
 * whatever the best weights w are: the standard error of the window's best estimate of the series' mean.
 * Source: Zeng, Chen, Zhang, Xu 2023, Section 4 (NLinear); derived.
 */
export const breakEvenShift: ClosedForm<Autoregression, object> = {
  name: "shift of level from which on weights that sum to 1 are better",
  source,
  kind: "exact",
  applies: fixedSeriesOnly,
  value(population) {
    const { window } = population;
    const covariance = toeplitz(autocovariancesOf(population, window), window);
    const total = solve(
      covariance,
      covariance.map(() => [1]),
    ).reduce((sum, [entry]) => sum + entry!, 0);
    return 1 / Math.sqrt(total);
  },
};
