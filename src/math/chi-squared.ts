import { normalCdf } from "./distributions.js";

/**
 * P(X > x) of chi-squared with a whole number of degrees of freedom nu, as the finite sums
 *
 *   e^(-x/2) sum_(j < nu/2) (x/2)^j / j!                                        for even nu,
 *   2 P(Z > s) + 2 phi(s) sum_(r=1)^((nu-1)/2) s^(2r-1) / (1 3 ... (2r-1)), s = sqrt(x)   for odd nu,
 *
 * of positive terms, so that nothing cancels.
 * Source: Abramowitz and Stegun, "Handbook of Mathematical Functions", 1964, 26.4.4 and 26.4.5.
 *
 * @throws RangeError unless nu is a whole number from 1.
 */
export function chiSquaredTail(x: number, nu: number): number {
  if (!(Number.isSafeInteger(nu) && nu >= 1))
    throw new RangeError(`chi-squared has a whole number of degrees of freedom from 1, not ${nu}`);
  if (Number.isNaN(x)) return Number.NaN;
  if (x <= 0) return 1;
  const isEven = nu % 2 === 0;
  const root = Math.sqrt(x);
  let term = isEven ? Math.exp(-x / 2) : 2 * root * (Math.exp(-x / 2) / Math.sqrt(2 * Math.PI));
  let total = isEven ? 0 : 2 * normalCdf(-root);
  for (let k = isEven ? 2 : 3; k <= nu; k += 2) {
    total += term;
    term *= x / k;
  }
  return Math.min(1, total);
}
