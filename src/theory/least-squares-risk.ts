import type { LinearRegression } from "../laws/gaussian-linear.js";
import { largestEntry, product, scaled, sum, traceOfProduct } from "../math/matrix.js";
import { rank } from "../math/symmetric.js";
import type { ClosedForm, Rows } from "../types.js";
import { priorRisk } from "./prior-risk.js";
import { regressionOnly } from "./regression-only.js";

/**
 * Exact risk of least squares of minimum norm on noisy query labels, with n pairs of Gaussian inputs of covariance L and
 * rank r, and a query of covariance c L:
 *
 *   n >= r + 2       s2 + c s2 r / (n - r - 1)                            any covariance and task
 *   n <= r - 2       s2 + (1 - n / r) tr(Lq W) + c s2 n / (r - n - 1)     L isotropic on its range
 *   in between       infinite with noise, as the mean of an inverse Wishart matrix is; without it as above, with s2 = 0
 *
 * Only the r active dimensions count, never d. For n < r the prompt shows the task on a uniformly random subspace of
 * dimension n, which is where isotropy is needed; the task's covariance W may be any. n = 0 predicts 0.
 * Source: Belkin, Hsu, Xu 2020, "Two models of double descent for weak features", Theorem 1 (there L = I, one task).
 */
export const leastSquaresRisk: ClosedForm<LinearRegression> = {
  name: "risk of least squares",
  source: { paper: "Belkin, Hsu, Xu 2020", where: "Theorem 1" },
  kind: "exact",
  applies(population, { context: n }) {
    const regression = regressionOnly(population);
    if (regression !== true || n === 0) return regression;
    const { inputs, covariance, queryCovariance, noise } = population;
    if (inputs.kind !== "gaussian")
      return `the risk of least squares is known for Gaussian inputs, not for ${inputs.kind} ones`;
    if (ratio(queryCovariance, covariance) === null)
      return "the risk of least squares is known where the query has the covariance of the context, up to a factor";
    const r = rank(covariance);
    const diverges = n === r - 1 && noise ** 2 > 0;
    if (n >= r || diverges || isIsotropicOnRange(covariance)) return true;
    return `with ${n} pairs in ${r} dimensions the risk of least squares is known for isotropic inputs only`;
  },
  value(population, { context: n }) {
    const { covariance, queryCovariance, noise } = population;
    const floor = noise ** 2;
    const prior = priorRisk.value(population, {});
    if (n === 0) return prior;
    const r = rank(covariance);
    const querySize = ratio(queryCovariance, covariance)!;
    const missed = n < r ? (1 - n / r) * (prior - floor) : 0;
    const slack = n < r ? r - n - 1 : n - r - 1;
    return floor + missed + noiseLetIn(querySize * floor, Math.min(n, r), slack);
  },
};

/** v k / slack, the trace of the mean of an inverse Wishart matrix times v; 0 where there is no noise or no dimension. */
function noiseLetIn(variance: number, dimensions: number, slack: number): number {
  if (variance === 0 || dimensions === 0) return 0;
  return slack > 0 ? (variance * dimensions) / slack : Number.POSITIVE_INFINITY;
}

/** c with A = c B up to rounding, or null. */
function ratio(a: Rows, b: Rows): number | null {
  const size = traceOfProduct(b, b);
  const factor = size === 0 ? 0 : traceOfProduct(a, b) / size;
  const gaps = sum(a, scaled(b, -factor));
  return largestEntry(gaps) <= 64 * a.length * Number.EPSILON * largestEntry(a) ? factor : null;
}

/** L = c P for a projection P: exactly when L^2 = c L. */
function isIsotropicOnRange(covariance: Rows): boolean {
  return ratio(product(covariance, covariance), covariance) !== null;
}
