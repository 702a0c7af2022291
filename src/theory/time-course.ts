import type { LinearRegression } from "../laws/gaussian-linear.js";
import type { ClosedForm } from "../types.js";
import { flowApplies } from "./flow-applies.js";

/** The start's size sigma, and the time of the flow on 1/2 of the mean squared error. */
export interface AtTime {
  readonly context: number;
  readonly sigma: number;
  readonly time: number;
}

export interface Growth {
  /** The preconditioner is p I. */
  readonly p: number;
  /** 1/2 E (y - w . x_q)^2, the noise of the query's label left out. */
  readonly loss: number;
}

/**
 * The whole time course of gradient flow in the isotropic case, L = v I and Theta Theta^T = I / sqrt(d). The product
 * p = u U_ii of the two layers of weights grows as a logistic curve,
 *
 *   dp/dt = 2 sqrt(d) v^2 p (1 - g p),   p(t) = 1 / (g + (1/p_0 - g) exp(-2 sqrt(d) v^2 t)),   p_0 = sigma^2 / sqrt(d),
 *
 * with g = v (1 + (d + 1) / n) + s2 / n, so that p ends at 1/g, the optimal step. The loss is d v (1 - 2 v p + g v p^2) / 2.
 * Derived from the cited lemma, there an ODE, as u^2 = ||U||_F^2 is conserved.
 */
export const timeCourse: ClosedForm<LinearRegression, AtTime, Growth> = {
  name: "time course of gradient flow",
  source: { paper: "Zhang, Frei, Bartlett 2024", where: "Lemma 5.2" },
  kind: "exact",
  applies: logistic,
  value(population, at) {
    const { d, v, g, rate, start } = constants(population, at);
    const p = 1 / (g + (1 / start - g) * Math.exp(-rate * at.time));
    return { p, loss: (d * v * (1 - 2 * v * p + g * v * p ** 2)) / 2 };
  },
};

/** The time at which p is half of the optimal step, ln(1 / (g p_0) - 1) / (2 sqrt(d) v^2). */
export const halfTime: ClosedForm<LinearRegression, Omit<AtTime, "time">> = {
  name: "half time of gradient flow",
  source: { paper: "Zhang, Frei, Bartlett 2024", where: "Lemma 5.2" },
  kind: "exact",
  applies(population, at) {
    const applies = logistic(population, at);
    if (applies !== true) return applies;
    const { g, start } = constants(population, at);
    return g * start < 1 / 2 || `a start of sigma ${at.sigma} is beyond half of the optimal step`;
  },
  value(population, at) {
    const { g, rate, start } = constants(population, at);
    return Math.log(1 / (g * start) - 1) / rate;
  },
};

function logistic(population: LinearRegression, { context, sigma }: Omit<AtTime, "time">): true | string {
  const flow = flowApplies(population, context);
  if (flow !== true) return flow;
  if (!(sigma ** 2 > 0)) return `the flow leaves starts of positive sigma only, not of ${sigma}`;
  const v = population.covariance[0]![0]!;
  const isotropic = population.covariance.every((row, i) => row.every((entry, j) => entry === (i === j ? v : 0)));
  return (isotropic && v > 0) || "the time course is closed for inputs of covariance v I only; the flow itself is not";
}

function constants({ features: d, covariance, noise }: LinearRegression, { context, sigma }: Omit<AtTime, "time">) {
  const v = covariance[0]![0]!;
  return {
    d,
    v,
    g: v * (1 + (d + 1) / context) + noise ** 2 / context,
    rate: 2 * Math.sqrt(d) * v ** 2,
    start: sigma ** 2 / Math.sqrt(d),
  };
}
