import type { LinearRegression } from "../laws/gaussian-linear.js";
import { diagonal, product, scaled, sum, traceOfProduct } from "../math/matrix.js";
import { symmetricRoot } from "../math/symmetric.js";
import type { Lengths, Rows } from "../types.js";
import { lengthMoments } from "./length-moments.js";
import { regressionOnly } from "./regression-only.js";

/** Moments of m = (1/n) sum_j y_j x_j, all that a linear-attention layer at its optimum knows of a prompt. */
export interface LabelMoments {
  /** E[m w^T], d x d. */
  readonly cross: Rows;
  /** E[m m^T], d x d: `G_n` of the papers. */
  readonly second: Rows;
}

/**
 * Moments at a context of n pairs. With L the inputs' covariance, W = E w w^T and s2 the noise variance:
 *
 *   E[m w^T] = L W
 *   E[m m^T] = (1 - 1/n) L W L + (1/n) (E[x x^T W x x^T] + s2 L)
 *
 * Gaussian inputs give (1 + 1/n) L W L + (1/n) (tr(L W) + s2) L. An empty prompt has m = 0. Lengths that vary are
 * averaged over, each prompt divided by its own length; lengths below 0 count as 0.
 * Source: Zhang, Frei, Bartlett 2024, Lemma 5.1 (W = I, no noise); Ahn et al. 2023, Appendix A.
 *
 * @throws RangeError unless lengths are integers and a range ascends.
 */
export function labelMoments(population: LinearRegression, context: Lengths): LabelMoments {
  const { nonEmpty, inverseLength } = lengthMoments(context);
  const { covariance, taskCovariance, noise } = population;
  const cross = product(covariance, taskCovariance);
  const between = product(cross, covariance);
  const within = sum(fourthMoment(population), scaled(covariance, noise ** 2));
  return {
    cross: scaled(cross, nonEmpty),
    second: sum(scaled(between, nonEmpty - inverseLength), scaled(within, inverseLength)),
  };
}

/**
 * E[x x^T W x x^T] = 2 L W L + tr(L W) L + (kappa - 3) B diag(B W B) B for x = B z, B the symmetric root of L and z of
 * i.i.d. coordinates of unit variance and fourth moment kappa. (For kappa = 3: Isserlis.)
 */
function fourthMoment({ covariance, taskCovariance, inputs }: LinearRegression): Rows {
  const between = product(covariance, taskCovariance, covariance);
  const gaussian = sum(scaled(between, 2), scaled(covariance, traceOfProduct(covariance, taskCovariance)));
  const excess = inputs.kurtosis - 3;
  if (excess === 0) return gaussian;
  const root = symmetricRoot(covariance);
  const rotated = product(root, taskCovariance, root);
  const peaks = diagonal(rotated.map((row, i) => excess * row[i]!));
  return sum(gaussian, product(root, peaks, root));
}

/** Whether `labelMoments` exist: true, or the sentence why not. */
export function hasLabelMoments(population: LinearRegression): true | string {
  const regression = regressionOnly(population);
  if (regression !== true) return regression;
  return Number.isFinite(population.inputs.kurtosis) || "the inputs have no fourth moment (Student t needs nu > 4)";
}
