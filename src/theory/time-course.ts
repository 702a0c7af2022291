import type { LinearRegression } from "../laws/gaussian-linear.js";
import type { ClosedForm } from "../types.js";
import { flowApplies } from "./gradient-flow.js";

/** The start's size and the time of the flow (in units in which the loss is 1/2 of the mean squared error). */
export interface AtTime {
  readonly context: number;
  readonly sigma: number;
  readonly time: number;
}

/**
 * The whole time course of gradient flow in the isotropic case, L = I and Theta Theta^T = I / sqrt(d). The product
 * p = u U_ii of the two layers of weights grows as a logistic curve,
 *
 *   dp/dt = 2 sqrt(d) p (1 - g p),   p(t) = 1 / (g + (1/p_0 - g) exp(-2 sqrt(d) t)),   p_0 = sigma^2 / sqrt(d),
 *
 * with g = 1 + (d + 1 + s2) / n, so that p ends at 1/g, the optimal step; the loss is d (1 - 2 p + g p^2) / 2.
 * Derived from Zhang, Frei, Bartlett 2024, Lemma 5.2 (there as an ODE), since u^2 = ||U||_F^2 is conserved.
 */
export const timeCourse: ClosedForm<LinearRegression, AtTime, { readonly p: number; readonly loss: number }> = {
  name: "time course of gradient flow",
  source: { paper: "Zhang, Frei, Bartlett 2024", where: "Lemma 5.2" },
  kind: "exact",
  applies(population) {
    const flow = flowApplies(population);
    if (flow !== true) return flow;
    const isotropic = population.covariance.every((row, i) => row.every((entry, j) => entry === (i === j ? 1 : 0)));
    return isotropic || "the time course is closed for inputs of covariance I only; use the flow itself";
  },
  value({ features: d, noise }, { context, sigma, time }) {
    const g = 1 + (d + 1 + noise ** 2) / context;
    const p = 1 / (g + (Math.sqrt(d) / sigma ** 2 - g) * Math.exp(-2 * Math.sqrt(d) * time));
    return { p, loss: (d * (1 - 2 * p + g * p ** 2)) / 2 };
  },
};

/** When the flow has reached half of the optimal step: ln(1 / (g p_0) - 1) / (2 sqrt(d)). */
export function halfTime({ features: d, noise }: LinearRegression, context: number, sigma: number): number {
  const g = 1 + (d + 1 + noise ** 2) / context;
  return Math.log(Math.sqrt(d) / (g * sigma ** 2) - 1) / (2 * Math.sqrt(d));
}
