import { product, trace, traceOfProduct } from "../math/matrix.js";
import type { LinearRegression } from "./gaussian-linear.js";
import type { PairMoments } from "./regression.js";

/**
 * Moments of pairs of linear regression with Gaussian inputs: with L and Lq the covariances of context and query, W the
 * tasks' and s2 the variance of the noise, by Isserlis,
 *
 *   label tr(Lq W) + s2,   cross tr(Lq L W),   between tr(Lq L W L),   within 2 tr(Lq L W L) + (tr(L W) + s2) tr(Lq L)
 *
 * @throws RangeError where inputs are not Gaussian.
 */
export function gaussianPairs(population: LinearRegression): PairMoments {
  const { covariance: L, queryCovariance: Lq, taskCovariance: W, noise, inputs } = population;
  if (inputs.kind !== "gaussian")
    throw new RangeError(`these moments are of Gaussian inputs, and these are ${inputs.kind}`);
  const seen = product(Lq, L);
  const between = traceOfProduct(seen, W, L);
  return {
    label: traceOfProduct(Lq, W) + noise ** 2,
    cross: traceOfProduct(seen, W),
    between,
    within: 2 * between + (traceOfProduct(L, W) + noise ** 2) * trace(seen),
  };
}

/** Whether covariances and tasks are multiples of the identity: no feature and no sign is preferred. */
export function isIsotropic({ covariance, queryCovariance, taskCovariance }: LinearRegression): boolean {
  return [covariance, queryCovariance, taskCovariance].every((matrix) =>
    matrix.every((row, i) => row.every((entry, j) => entry === (i === j ? matrix[0]![0] : 0))),
  );
}
