import type { LinearRegression } from "../laws/gaussian-linear.js";
import { regressionOnly } from "./regression-only.js";

/** Isotropic regression by the three numbers that proportional limits are written in. */
export interface LabelShares {
  /** Variance of the noiseless label, d v u for x ~ N(0, v I) and w ~ N(0, u I). */
  readonly signal: number;
  /** Noise variance over the signal. */
  readonly noise: number;
  /** Features over pairs, d / n: Infinity for no pairs. */
  readonly ratio: number;
}

/** The shares of an isotropic population at n pairs. In He et al.'s units (v = 1, u = 1/d) the signal is 1. */
export function labelShares(population: LinearRegression, context: number): LabelShares {
  const { features, covariance, taskCovariance, noise } = population;
  const signal = features * covariance[0]![0]! * taskCovariance[0]![0]!;
  return { signal, noise: noise ** 2 / signal, ratio: features / context };
}

/** Whether inputs, query and tasks are Gaussian and isotropic, and there is a signal: true, or the sentence why not. */
export function isotropicOnly(population: LinearRegression): true | string {
  const regression = regressionOnly(population);
  if (regression !== true) return regression;
  const { inputs, covariance, queryCovariance, taskCovariance } = population;
  if (inputs.kind !== "gaussian") return `this is known for Gaussian inputs, not for ${inputs.kind} ones`;
  const v = covariance[0]![0]!;
  const u = taskCovariance[0]![0]!;
  for (const [matrix, level] of [
    [covariance, v],
    [queryCovariance, v],
    [taskCovariance, u],
  ] as const)
    if (matrix.some((row, i) => row.some((entry, j) => entry !== (i === j ? level : 0))))
      return "this is known for isotropic inputs and tasks, and a query like the context";
  return v * u > 0 || "where all labels are noise there is nothing to learn";
}
