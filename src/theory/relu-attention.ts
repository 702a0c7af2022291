import type { LinearRegression } from "../laws/gaussian-linear.js";
import type { ClosedForm } from "../types.js";
import { isotropicOnly, labelShares } from "./label-shares.js";

/** The best scale c and its risk on noisy query labels. */
export interface ReluOptimum {
  readonly scale: number;
  readonly risk: number;
}

/**
 * The best layer of ReLU attention of the form y = (c / n) sum_j y_j max(0, x_j . x_q), for x ~ N(0, v I), w ~ N(0, u I),
 * s the noise variance over the signal d v u:
 *
 *   c* = (1 / v) / ( (n - 1) / (2n) + (d + 2 + s d) / n ),   R* = signal (1 + s - c* v / 2).
 *
 * Half of the pairs are silent, so that their noise counts twice. Without noise this is the theorem; noise is added here.
 * Source: Ahn, Cheng, Daneshmand, Sra 2023, Theorem 5.
 */
export const reluOptimum: ClosedForm<LinearRegression, { readonly context: number }, ReluOptimum> = {
  name: "optimum of ReLU attention",
  source: { paper: "Ahn, Cheng, Daneshmand, Sra 2023", where: "Theorem 5" },
  kind: "exact",
  applies(population, { context }) {
    const isotropic = isotropicOnly(population);
    if (isotropic !== true) return isotropic;
    return (Number.isSafeInteger(context) && context >= 1) || `a layer reads 1 or more pairs here, not ${context}`;
  },
  value(population, { context: n }) {
    const { features: d, covariance } = population;
    const { signal, noise } = labelShares(population, n);
    const c = 1 / ((n - 1) / (2 * n) + (d + 2 + noise * d) / n);
    return { scale: c / covariance[0]![0]!, risk: signal * (1 + noise - c / 2) };
  },
};
