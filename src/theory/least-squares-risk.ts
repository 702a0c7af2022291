import type { LinearRegression } from "../laws/gaussian-linear.js";
import { product, traceOfProduct } from "../math/matrix.js";
import { eigen, rank } from "../math/symmetric.js";
import type { ClosedForm, Rows } from "../types.js";

/**
 * Exact risk of least squares of minimum norm on noisy query labels, with n pairs of Gaussian inputs of rank r:
 *
 *   n > r + 1        s2 r / (n - r - 1) + s2             (any covariance and task; query covariance = context's)
 *   n = r - 1, r, r + 1, s2 > 0                          infinite: E of an inverse Wishart diverges
 *   n >= r, s2 = 0   0
 *   n < r - 1        c (r - n) t / r + s2 n / (r - n - 1) + s2
 *
 * the last where the inputs are isotropic on their range, L = c P, with t = tr(P W): the task is projected on a random
 * n-dimensional subspace. Only the r active dimensions count, never d.
 * Source: Hastie, Montanari, Rosset, Tibshirani 2022, Theorem 1's finite-sample form; Wishart moments.
 */
export const leastSquaresRisk: ClosedForm<LinearRegression> = {
  name: "risk of least squares",
  source: { paper: "Hastie, Montanari, Rosset, Tibshirani 2022", where: "Theorem 1" },
  kind: "exact",
  applies(population, { context: n }) {
    const { inputs, covariance, queryCovariance, noise } = population;
    if (n === 0) return true;
    if (inputs.kind !== "gaussian")
      return `the risk of least squares is known for Gaussian inputs, not for ${inputs.kind} ones`;
    if (proportion(queryCovariance, covariance) === null)
      return "the risk of least squares is known where the query has the covariance of the context, up to a factor";
    const r = rank(covariance);
    if (n >= r || (n === r - 1 && noise > 0)) return true;
    return isotropicOnRange(covariance)
      ? true
      : `with ${n} pairs in ${r} dimensions the risk of least squares is known for isotropic inputs only`;
  },
  value(population, { context: n }) {
    const { covariance, queryCovariance, taskCovariance, noise } = population;
    const floor = noise ** 2;
    if (n === 0) return traceOfProduct(queryCovariance, taskCovariance) + floor;
    const r = rank(covariance);
    const factor = proportion(queryCovariance, covariance)!;
    if (n >= r) return floor + factor * variance(floor, r, n - r - 1);
    const missed = ((r - n) / r) * traceOfProduct(queryCovariance, taskCovariance);
    return floor + missed + factor * variance(floor, n, r - n - 1);
  },
};

/** s2 k / slack, infinite where the slack is not positive, and 0 without noise. */
function variance(noiseVariance: number, k: number, slack: number): number {
  if (noiseVariance === 0) return 0;
  return slack > 0 ? (noiseVariance * k) / slack : Number.POSITIVE_INFINITY;
}

/** c with A = c B, or null. */
function proportion(a: Rows, b: Rows): number | null {
  const inner = traceOfProduct(a, b);
  const size = traceOfProduct(b, b);
  if (size === 0) return traceOfProduct(a, a) === 0 ? 1 : null;
  const factor = inner / size;
  const gap = a.flatMap((row, i) => row.map((entry, j) => Math.abs(entry - factor * b[i]![j]!)));
  return Math.max(...gap) <= 1e3 * Number.EPSILON * Math.sqrt(size) * Math.max(1, factor) ? factor : null;
}

function isotropicOnRange(covariance: Rows): boolean {
  const values = eigen(covariance).values;
  const largest = Math.max(...values);
  // L = c P exactly when L^2 = c L.
  return proportion(product(covariance, covariance), covariance) !== null && largest > 0;
}
