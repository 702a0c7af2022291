import type { LinearRegression } from "../laws/gaussian-linear.js";
import { trace } from "../math/matrix.js";
import { regressionOnly } from "./regression-only.js";

/**
 * Whether Zhang, Frei and Bartlett's gradient flow was derived for this population at context n (their Section 2 and
 * Assumption 3.3): true, or the sentence why not. Label noise is ours to add, as it only adds to a trace.
 */
export function flowApplies(population: LinearRegression, context: number): true | string {
  const regression = regressionOnly(population);
  if (regression !== true) return regression;
  const { inputs, covariance, queryCovariance, taskCovariance } = population;
  if (inputs.kind !== "gaussian") return `the flow is derived for Gaussian inputs, not for ${inputs.kind} ones`;
  if (!(Number.isSafeInteger(context) && context >= 1))
    return `the flow is derived for prompts of 1 or more pairs, not ${context}`;
  if (trace(covariance) === 0) return "the flow never leaves its start where all inputs are zero";
  const shifted = covariance.some((row, i) => row.some((entry, j) => entry !== queryCovariance[i]![j]));
  if (shifted) return "the flow is derived for a query of the same covariance as the context";
  const standard = taskCovariance.every((row, i) => row.every((entry, j) => entry === (i === j ? 1 : 0)));
  return standard || "the flow is derived for tasks w ~ N(0, I)";
}
