import type { LinearRegression } from "../laws/gaussian-linear.js";
import { isDiagonal, product, transpose } from "../math/matrix.js";
import { eigen, spectralMap } from "../math/symmetric.js";
import type { ClosedForm, Lengths, Rows } from "../types.js";
import { hasLabelMoments, labelMoments } from "./label-moments.js";

/**
 * The preconditioner of least risk (R), A* = E[w m^T] E[m m^T]^+: the best linear map from m to the task w. For Gaussian
 * inputs with covariance L at context n
 *
 *   A* = W [ (1 + 1/n) L W + (1/n) (tr(L W) + s2) I ]^-1                                                  (A*)
 *
 * It does not depend on the query's covariance. Where the inputs do not span the space the pseudo-inverse leaves out
 * the directions that are never seen.
 * Source: Ahn et al. 2023, Theorem 1 (W = I); Mahankali, Hashimoto, Ma 2024, Theorem 2 (W = L^-1).
 */
export const optimalPreconditioner: ClosedForm<LinearRegression, { readonly context: Lengths }, Rows> = {
  name: "optimal preconditioner",
  source: { paper: "Ahn, Cheng, Daneshmand, Sra 2023", where: "Theorem 1" },
  kind: "exact",
  applies: hasLabelMoments,
  value(population, { context }) {
    const { cross, second } = labelMoments(population, context);
    return product(transpose(cross), pseudoInverse(second));
  },
};

/**
 * The inverse on the range of a semidefinite matrix. Eigenvalues below the rounding of its computation are a null space
 * and stay zero; those of a diagonal matrix have no such rounding.
 */
function pseudoInverse(matrix: Rows): Rows {
  const floor = isDiagonal(matrix) ? 0 : 64 * matrix.length * Number.EPSILON * eigen(matrix).values.at(-1)!;
  return spectralMap(matrix, (eigenvalue) => (eigenvalue <= floor ? 0 : 1 / eigenvalue));
}
