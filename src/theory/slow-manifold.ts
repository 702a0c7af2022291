import type { LinearRegression } from "../laws/gaussian-linear.js";
import type { ClosedForm } from "../types.js";
import { isotropicOnly, labelShares } from "./label-shares.js";

/** The number of heads, half of each sign, and the time of the flow on half of the risk. */
export interface AtDrift {
  readonly context: number;
  readonly heads: number;
  readonly time: number;
}

/**
 * |omega| of H softmax heads, half of each sign, late in `softmaxFlow`: with b = (1 + s) d / n
 *
 *   omega(t) ~ (2 H b d^2 t)^(-1/6),   H omega |mu| -> 1 / (1 + b)
 *
 * On the curve H omega |mu| = 1 / (1 + b) the loss exceeds its infimum by b d^2 omega^4 / (6 (1 + b)^2) in leading order, and
 * as mu ~ 1 / omega moves much farther than omega, mu^6 grows at a constant rate. A trained omega is therefore a time, not an
 * optimum. In the paper's units: x ~ N(0, I), w ~ N(0, I / d).
 * Derived from the approximate loss of He, Pan, Chen, Yang 2025, Section 4.
 */
export const slowManifold: ClosedForm<LinearRegression, AtDrift> = {
  name: "slow manifold of softmax heads",
  source: { paper: "He, Pan, Chen, Yang 2025", where: "Section 4" },
  kind: "asymptotic",
  applies(population, { heads, time, context }) {
    const isotropic = isotropicOnly(population);
    if (isotropic !== true) return isotropic;
    const { features, covariance } = population;
    const { signal } = labelShares(population, context);
    if (covariance[0]![0] !== 1 || Math.abs(signal - 1) > 4 * features * Number.EPSILON)
      return "the drift is written for x ~ N(0, I) and w ~ N(0, I / d)";
    if (!(Number.isInteger(heads) && heads >= 2 && heads % 2 === 0))
      return `the drift is of an even number of heads, half of each sign, not of ${heads}`;
    return time > 0 || `the drift is a law of late times, not of ${time}`;
  },
  value(population, { context, heads, time }) {
    const { noise, ratio } = labelShares(population, context);
    return (2 * heads * (1 + noise) * ratio * population.features ** 2 * time) ** (-1 / 6);
  },
};
