import { normalQuantile } from "../math/distributions.js";

/** Probability that the largest of all Gaussian errors lies beyond the bound: that of 3 sigma. */
const LEVEL = 0.0027;

/**
 * Without a prompt of this share the standard error would be below 0.71 times what it is. Smaller ones are the rule: an
 * error is a polynomial of Gaussian numbers, and its square has finite moments that are large.
 */
const LEAST = 0.5;

/**
 * Whether one prompt makes so much of the spread of n squared errors that their standard error cannot be trusted. With
 * deviations d_b from the mean the share is max d^2 / sum d^2. It goes to 0 as n grows exactly where the variance is
 * finite (O'Brien, "A limit theorem for sample maxima and heavy branches in Galton-Watson trees", 1980, Theorem 1).
 *
 * Too large is more than half, and more than errors of Gaussian predictions would have: their squares are chi-squared
 * of one degree (in units of the mean), the largest of n is below q^2 with P(|Z| > q) = 0.0027 / n, and the share
 * (q^2 - 1)^2 / (2 n).
 */
export function isHeavyTailed(largestShare: number, prompts: number): boolean {
  const largest = normalQuantile(LEVEL / prompts / 2) ** 2;
  return largestShare > Math.max(LEAST, (largest - 1) ** 2 / (2 * prompts));
}
