import { root } from "./roots.js";

/**
 * P(Z <= z) of a standard normal, to 1e-14 relative in either tail. Near zero by the series
 * exp(-z^2 / 2) / sqrt(2 pi) (z + z^3 / 3 + z^5 / 15 + ...), beyond |z| = 2 by Laplace's continued fraction.
 * Source: Abramowitz and Stegun, "Handbook of Mathematical Functions", 1964, 26.2.11 and 26.2.14.
 */
export function normalCdf(z: number): number {
  if (Number.isNaN(z)) return Number.NaN;
  if (z > 2) return 1 - normalCdf(-z);
  const density = Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI);
  if (z < -2) {
    if (density === 0) return 0;
    let fraction = -z;
    for (let k = 120; k > 0; k--) fraction = -z + k / fraction;
    return density / fraction;
  }
  let [term, total] = [z, z];
  for (let k = 3; Math.abs(term) > (Number.EPSILON * Math.abs(total)) / 4; k += 2) {
    term *= (z * z) / k;
    total += term;
  }
  return 0.5 + density * total;
}

/** The z with P(Z <= z) = p. @throws RangeError unless 0 <= p <= 1. */
export function normalQuantile(p: number): number {
  return quantile(p, normalCdf);
}

/**
 * P(T <= t) of Student's t with `degrees` > 0 degrees of freedom, Infinity allowed: half the regularised incomplete
 * beta function I_x(degrees / 2, 1 / 2) at x = degrees / (degrees + t^2). Relative error in the lower tail 1e-14, or
 * 2e-17 times the degrees where that is more.
 * Source: Abramowitz and Stegun, "Handbook of Mathematical Functions", 1964, 26.7.1 and 26.5.8.
 *
 * @throws RangeError unless there is a positive number of degrees.
 */
export function studentCdf(t: number, degrees: number): number {
  if (!(degrees > 0)) throw new RangeError(`Student's t has a positive number of degrees of freedom, not ${degrees}`);
  if (degrees === Number.POSITIVE_INFINITY) return normalCdf(t);
  if (Number.isNaN(t)) return Number.NaN;
  if (t > 0) return 1 - studentCdf(-t, degrees);
  if (t === Number.NEGATIVE_INFINITY) return 0;
  const a = degrees / 2;
  const odds = (t / degrees) * t;
  // x^a (1 - x)^(1/2) / B(a, 1/2), with x and 1 - x each from the odds, so that neither is a difference.
  const factor = Math.exp(-a * Math.log1p(odds)) * Math.sqrt(odds / (1 + odds)) * (halfStep(a) / Math.sqrt(Math.PI));
  const x = 1 / (1 + odds);
  if (x < (a + 1) / (a + 2.5)) return (factor * betaFraction(x, a, 0.5)) / (2 * a);
  return 0.5 - factor * betaFraction(odds / (1 + odds), 0.5, a);
}

/** The t with P(T <= t) = p, `degrees` > 0 degrees of freedom. @throws RangeError unless 0 <= p <= 1. */
export function studentQuantile(p: number, degrees: number): number {
  return quantile(p, (t) => studentCdf(t, degrees));
}

/** Inverts the distribution function of a symmetric law by its lower tail. */
function quantile(p: number, cdf: (x: number) => number): number {
  if (!(p >= 0 && p <= 1)) throw new RangeError(`a quantile is taken at a probability, not at ${p}`);
  if (p > 0.5) return -quantile(1 - p, cdf);
  if (p === 0.5) return 0;
  if (p === 0) return Number.NEGATIVE_INFINITY;
  let low = -1;
  while (cdf(low) > p) low *= 2;
  return root((x) => Math.log(cdf(x) / p), low, 0);
}

/** The continued fraction of the incomplete beta function, evaluated from the front by Lentz's method. */
function betaFraction(x: number, a: number, b: number): number {
  let [c, d] = [1, 1 / (1 - ((a + b) * x) / (a + 1))];
  let fraction = d;
  for (let m = 1, change = 0; change !== 1 && m < 1e5; m++) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 / (1 + even * d);
    c = 1 + even / c;
    fraction *= c * d;
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / (1 + odd * d);
    c = 1 + odd / c;
    change = c * d;
    fraction *= change;
    if (Math.abs(change - 1) < Number.EPSILON) break;
  }
  return fraction;
}

/** Gamma(a + 1/2) / Gamma(a): Stirling's series from a = 100 on, and the recurrence below. */
function halfStep(a: number): number {
  if (a < 100) return (halfStep(a + 1) * a) / (a + 0.5);
  const series = [-1 / 8, 1 / 128, 5 / 1024, -21 / 32768, -399 / 262144];
  return Math.sqrt(a) * series.reduce((total, coefficient, k) => total + coefficient * a ** -(k + 1), 1);
}
