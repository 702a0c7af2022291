import type { LinearRegression } from "../laws/gaussian-linear.js";
import { identity, product, scaled, sum, traceOfProduct, transpose } from "../math/matrix.js";
import type { ClosedForm, Rows } from "../types.js";
import { hasLabelMoments, labelMoments } from "./label-moments.js";

/** A constant step, how many pairs it has gone over, and whether the iterates are averaged. */
export interface AtOnline {
  readonly step: number;
  readonly context: number;
  readonly averaged: boolean;
}

/**
 * Exact risk, on noisy query labels, of one pass over the pairs from w_0 = 0, w_j = w_(j-1) + g (y_j - w_(j-1) . x_j) x_j. Its
 * error covariance C_j = E (w - w_j)(w - w_j)^T starts at W and obeys
 *
 *   C' = C - g (L C + C L) + g^2 (E[x x^T C x x^T] + s2 L),   R = tr(Lq C_n) + s2
 *
 * for the last iterate. For the mean of w_1, .., w_n the covariance is, with A = I - g L the mean of one step's map,
 *
 *   (1/n^2) sum_j (C_j + D_j + D_j^T),   D_j = (A + A^2 + .. + A^(n-j)) C_j
 *
 * Steps that are too large for the fourth moments give risks that grow without bound in n, not Infinity.
 * Source: Bach, Moulines 2013, Theorem 1 (least-mean-square recursion; they average w_0 too).
 */
export const onlineRisk: ClosedForm<LinearRegression, AtOnline> = {
  name: "risk of one pass of stochastic gradient descent",
  source: { paper: "Bach, Moulines 2013", where: "Theorem 1" },
  kind: "exact",
  applies: hasLabelMoments,
  value: (population, { step, context, averaged }) => onlineRisks(population, step, context, averaged).at(-1)!,
};

/** The risks after 0, 1, .., n pairs. */
export function onlineRisks(population: LinearRegression, step: number, most: number, averaged: boolean): number[] {
  const { covariance: L, queryCovariance, taskCovariance, noise, features } = population;
  const floor = noise ** 2;
  const kept = sum(identity(features), scaled(L, -step));
  let C = taskCovariance;
  // sum_j C_j, and sum_(j < k) E e_k e_j^T over the pairs of iterates so far: its newest column is A times the last two.
  let [own, crossed] = [scaled(C, 0), scaled(C, 0)];
  let newest = scaled(C, 0);
  const risks = [traceOfProduct(queryCovariance, C) + floor];
  for (let n = 1; n <= most; n++) {
    // sum_(j < n) E e_n e_j^T = A (C_(n-1) + sum_(j < n-1) E e_(n-1) e_j^T), over j >= 1.
    newest = n === 1 ? newest : product(kept, sum(C, newest));
    const { second } = labelMoments({ ...population, taskCovariance: C }, 1);
    const pulled = product(L, C);
    C = sum(C, scaled(sum(pulled, transpose(pulled)), -step), scaled(second, step ** 2));
    own = sum(own, C);
    crossed = sum(crossed, newest);
    const error: Rows = averaged ? scaled(sum(own, crossed, transpose(crossed)), 1 / n ** 2) : C;
    risks.push(traceOfProduct(queryCovariance, error) + floor);
  }
  return risks;
}

/**
 * Exact risk of the same pass with steps 1 / |x_j|^2, which fit every pair as it comes (Kaczmarz's projections):
 *
 *   E |e|^2 <- (1 - 1/d) E |e|^2 + s2 E 1/|x|^2,   R = c E |e_n|^2 + s2,   e_0 = w, Lq = c I
 *
 * for isotropic directions: Gaussian inputs of covariance v I, E 1/|x|^2 = 1 / (v (d - 2)), infinite for d <= 2 with noise, and
 * Rademacher ones, 1 / (v d).
 * Source: Fu, Chen, Jia, Sharan 2024, Section 3 (online gradient descent with this step); Strohmer, Vershynin 2009, Theorem 2.
 */
export const projectionRisk: ClosedForm<LinearRegression> = {
  name: "risk of one pass of projections",
  source: { paper: "Fu, Chen, Jia, Sharan 2024", where: "Section 3" },
  kind: "exact",
  applies(population) {
    const moments = hasLabelMoments(population);
    if (moments !== true) return moments;
    const { covariance, queryCovariance, inputs } = population;
    if (!["gaussian", "rademacher"].includes(inputs.kind))
      return `the risk of projections is known for Gaussian and Rademacher inputs, not for ${inputs.kind} ones`;
    const isotropic = multipleOfIdentity(covariance) && multipleOfIdentity(queryCovariance) && covariance[0]![0]! > 0;
    return isotropic || "the risk of projections is known for isotropic inputs and query only";
  },
  value({ covariance, queryCovariance, taskCovariance, noise, features: d, inputs }, { context }) {
    const v = covariance[0]![0]!;
    const inverseSquare =
      inputs.kind === "rademacher" ? 1 / (v * d) : d > 2 ? 1 / (v * (d - 2)) : Number.POSITIVE_INFINITY;
    const letIn = noise === 0 || context === 0 ? 0 : noise ** 2 * inverseSquare;
    if (letIn === Number.POSITIVE_INFINITY) return letIn;
    let error = taskCovariance.reduce((total, row, i) => total + row[i]!, 0);
    for (let j = 0; j < context; j++) error = (1 - 1 / d) * error + letIn;
    return queryCovariance[0]![0]! * error + noise ** 2;
  },
};

function multipleOfIdentity(matrix: Rows): boolean {
  return matrix.every((row, i) => row.every((entry, j) => entry === (i === j ? matrix[0]![0] : 0)));
}
