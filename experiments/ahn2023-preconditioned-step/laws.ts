import { type LinearRegression, linearRegressionLaw } from "../../src/laws/gaussian-linear.js";
import { diagonal, identity, product, transpose } from "../../src/math/matrix.js";
import { inverse } from "../../src/math/solve.js";
import type { Law, Rows } from "../../src/types.js";

/** What a cell says of its law. */
export interface LawCell {
  /** Covariance of the inputs. `rotated` is not diagonal, so that no coordinate is special. */
  readonly inputs: "isotropic" | "diagonal" | "rotated";
  /** Covariance of the task: the identity (Theorem 1), or the inverse of the inputs' (the paper's experiments). */
  readonly tasks: "identity" | "inverse";
}

export const FEATURES = 5;

/** Sigma = U^T D^2 U with D = diag(1, 1, 1/2, 1/4, 1), as in Section 4.3; here U turns the last two pairs of axes. */
const SPECTRUM = diagonal([1, 1, 0.25, 0.0625, 1]);

/** A rotation by 45 degrees in the planes (1, 3) and (2, 4): it mixes large eigenvalues with small ones. */
function rotation(): Rows {
  const turned = identity(FEATURES).map((row) => [...row]);
  const half = Math.SQRT1_2;
  for (const [a, b] of [
    [0, 2],
    [1, 3],
  ] as const) {
    turned[a]![a] = half;
    turned[a]![b] = -half;
    turned[b]![a] = half;
    turned[b]![b] = half;
  }
  return turned;
}

export function lawOf({ inputs, tasks }: LawCell): Law<LinearRegression> {
  const covariance = {
    isotropic: identity(FEATURES),
    diagonal: SPECTRUM,
    rotated: product(transpose(rotation()), SPECTRUM, rotation()),
  }[inputs];
  const taskCovariance = tasks === "inverse" ? symmetrized(inverse(covariance)) : identity(FEATURES);
  return linearRegressionLaw({ features: FEATURES, covariance, taskCovariance });
}

/** Takes the rounding of an inverse off its two halves. */
function symmetrized(matrix: Rows): Rows {
  return matrix.map((row, i) => row.map((entry, j) => (entry + matrix[j]![i]!) / 2));
}
