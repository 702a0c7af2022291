import { type Autoregression, autocovariancesOf } from "../../laws/autoregressive.js";
import type { ClosedForm } from "../../types.js";
import { fixedSeriesOnly, seriesOnly } from "./series-only.js";

const source = { paper: "Zeng, Chen, Zhang, Xu 2023", where: "Section 5" } as const;

/** gamma_0 in the mean over the prompts: the risk of predicting 0, and the infinite context's of predicting the mean. */
export const levelRisk: ClosedForm<Autoregression, object> = {
  name: "mean square of a series",
  source,
  kind: "exact",
  applies(population) {
    const series = seriesOnly(population);
    if (series !== true) return series;
    const { coefficients } = population;
    if (coefficients.kind === "rejection") return "the mean square of series with rejected coefficients is sampled";
    return true;
  },
  value(population) {
    const { coefficients, noise } = population;
    if (coefficients.kind === "fixed") return autocovariancesOf(population, 0)[0]!;
    if (coefficients.kind === "rejection") return Number.NaN;
    // E 1 / (1 - r^2) of a uniform r on [-a, a] is artanh(a) / a, and the q reflections are independent.
    return noise ** 2 * (Math.atanh(coefficients.within) / coefficients.within) ** coefficients.order;
  },
};

/** Risk of repeating the last value, 2 (gamma_0 - gamma_1). */
export const lastValueRisk: ClosedForm<Autoregression, object> = {
  name: "risk of the last value",
  source,
  kind: "exact",
  applies: fixedSeriesOnly,
  value(population) {
    const [gamma0, gamma1] = autocovariancesOf(population, 1) as [number, number];
    return 2 * (gamma0 - gamma1);
  },
};

/**
 * Risk of predicting the mean of the N = m + p values seen:
 *
 *   gamma_0 - (2 / N) sum_(k=1..N) gamma_k + (1 / N^2) (N gamma_0 + 2 sum_(k<N) (N - k) gamma_k)
 */
export const meanRisk: ClosedForm<Autoregression> = {
  name: "risk of the prompt's mean",
  source,
  kind: "exact",
  applies: fixedSeriesOnly,
  value(population, { context }) {
    const n = context + population.window;
    const gamma = autocovariancesOf(population, n);
    let [ahead, among] = [0, n * gamma[0]!];
    for (let k = 1; k <= n; k++) {
      ahead += gamma[k]!;
      among += 2 * (n - k) * gamma[k]!;
    }
    return gamma[0]! - (2 / n) * ahead + among / n ** 2;
  },
};
