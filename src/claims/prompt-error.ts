import type { Dual } from "./dual.js";

/** Products of float64 covariances are summed with a relative error of a few roundoffs of their largest term. */
const ROUNDOFF = 16 * Number.EPSILON;

/**
 * Standard error over prompts of an expression of means, by the delta method: s^2 = sum_ij g_i g_j C_ij with g the
 * derivatives and C the covariance of the means over the common prompts. Null where an operand has no known error.
 *
 * Where a covariance was not measured the pair adds |g_i g_j| s_i s_j, the most it can (Cauchy-Schwarz): the error is
 * then an upper bound. A difference of two nearly equal numbers is not known better than to the roundoff of its terms,
 * which is added: two predictors that agree bit for bit have a tiny error, not none.
 */
export function promptError(dual: Dual): number | null {
  const parts = [...dual.slopes].filter(([operand]) => !operand.row.exact);
  let [variance, terms] = [0, 0];
  for (const [one, g] of parts)
    for (const [other, h] of parts) {
      if (one.standardError === null || other.standardError === null) return null;
      const bound = Math.abs(g * h) * one.standardError * other.standardError;
      const covariance = one === other ? one.standardError ** 2 : one.covariance(other);
      variance += covariance === null ? bound : g * h * covariance;
      terms += bound;
    }
  return Math.sqrt(Math.max(0, variance) + ROUNDOFF * terms);
}
