import { identity, product, scaled, sum, trace, transpose } from "../../src/math/matrix.js";
import { symmetricRoot } from "../../src/math/symmetric.js";
import type { Row, Rows } from "../../src/types.js";

/**
 * The paper's Dist(M, I) = min_a ||M - a I||_F / ||M||_F (Ahn et al. 2023, Section 4.3) of a preconditioner A and of
 * Sigma^(1/2) A Sigma^(1/2): 0 for multiples of the identity, null for M = 0. The second is 0 where A is a multiple of
 * the inverse covariance.
 */
export function distancesFromIdentity(A: Rows, covariance: Rows): Row {
  const root = symmetricRoot(covariance);
  return {
    distanceFromIdentity: distanceFromIdentity(A),
    whitenedDistanceFromIdentity: distanceFromIdentity(product(root, A, root)),
  };
}

/** Dist(M, I); the minimum is at a = tr M / d. */
export function distanceFromIdentity(M: Rows): number | null {
  const rest = sum(M, scaled(identity(M.length), -trace(M) / M.length));
  const size = frobenius(M);
  return size === 0 ? null : frobenius(rest) / size;
}

const frobenius = (M: Rows) => Math.sqrt(trace(product(M, transpose(M))));
