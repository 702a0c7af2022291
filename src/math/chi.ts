import { normalCdf } from "./distributions.js";

/** Both tails of a distribution, each accurate relative to itself where it is the smaller. */
export interface Tails {
  readonly lower: number;
  readonly upper: number;
}

/**
 * P(chi <= r) and P(chi > r) of the root of a chi-square with `degrees` > 0 degrees of freedom: the regularised
 * incomplete gamma functions P(a, x) and Q(a, x) at a = degrees / 2, x = r^2 / 2. The smaller tail to 1e-12 relative
 * for up to 1e7 degrees. It takes some sqrt(degrees) terms.
 * Source: NIST Digital Library of Mathematical Functions, 8.11.4 (series, below a + 1) and 8.9.2 (continued fraction).
 */
export function chiTails(r: number, degrees: number): Tails {
  const [a, x] = [degrees / 2, (r * r) / 2];
  if (x === 0) return { lower: 0, upper: 1 };
  if (x < a + 1) {
    const lower = gammaTerm(a, x) * series(a, x);
    return { lower, upper: 1 - lower };
  }
  const upper = gammaTerm(a, x) * a * fraction(a, x);
  return { lower: 1 - upper, upper };
}

/**
 * The number that a chi variable of `degrees` exceeds as often as a standard normal exceeds z: increasing in z, and
 * of a normal z a chi variable. Newton's iteration on the logarithm of the smaller tail from Wilson and Hilferty's
 * approximation, in steps that at most halve or double.
 *
 * @throws RangeError unless there is a positive number of degrees and |z| <= 30.
 */
export function chiOfNormal(z: number, degrees: number): number {
  if (!(degrees > 0 && Math.abs(z) <= 30))
    throw new RangeError(`chi of ${degrees} degrees is not taken at z = ${z}: degrees are positive, |z| at most 30`);
  const side = z <= 0 ? "lower" : "upper";
  const wanted = Math.log(normalCdf(-Math.abs(z)));
  const spread = 2 / (9 * degrees);
  let r = Math.sqrt(degrees) * Math.max(1 - spread + z * Math.sqrt(spread), 1e-3) ** 1.5;
  for (let round = 0; round < 200; round++) {
    const tail = chiTails(r, degrees)[side];
    // d log tail / d log r = +- r f(r) / tail with the density f; r f(r) = degrees x^a e^-x / Gamma(a + 1).
    const slope = ((z <= 0 ? 1 : -1) * degrees * gammaTerm(degrees / 2, (r * r) / 2)) / tail;
    const step = (wanted - Math.log(tail)) / slope;
    r *= Math.exp(Math.min(Math.max(step, -Math.LN2), Math.LN2));
    // The error squares: a step of 1e-9 leaves less than roundoff.
    if (Math.abs(step) < 1e-9) break;
  }
  return r;
}

/** 1 + x / (a + 1) + x^2 / ((a + 1)(a + 2)) + ... */
function series(a: number, x: number): number {
  let [term, total] = [1, 1];
  for (let k = 1; term > Number.EPSILON * total * 0.1; k++) {
    term *= x / (a + k);
    total += term;
  }
  return total;
}

/** 1 / (x + 1 - a - 1 (1 - a) / (x + 3 - a - 2 (2 - a) / (x + 5 - a - ...))) from the front by Lentz's method. */
function fraction(a: number, x: number): number {
  let denominator = x + 1 - a;
  let [c, d] = [Number.MAX_VALUE, 1 / denominator];
  let value = d;
  for (let k = 1, change = 0; Math.abs(change - 1) > Number.EPSILON && k < 1e6; k++) {
    const numerator = -k * (k - a);
    denominator += 2;
    d = 1 / (numerator * d + denominator);
    c = denominator + numerator / c;
    change = c * d;
    value *= change;
  }
  return value;
}

/** x^a e^-x / Gamma(a + 1), from a = 16 on so that no large terms cancel. */
function gammaTerm(a: number, x: number): number {
  if (a < 16) return (x ** a * Math.exp(-x)) / gammaOfNext(a);
  const apart = (x - a) / a;
  const log = apart < -0.5 ? Math.log(x / a) : Math.log1p(apart);
  return Math.exp(a * (log - apart) - stirling(a)) / Math.sqrt(2 * Math.PI * a);
}

/** Gamma(a + 1): Stirling's formula from a = 16 on, the recurrence below. */
function gammaOfNext(a: number): number {
  if (a < 16) return gammaOfNext(a + 1) / (a + 1);
  return Math.sqrt(2 * Math.PI * a) * (a / Math.E) ** a * Math.exp(stirling(a));
}

/** ln Gamma(a + 1) less Stirling's formula: for a >= 16 to 1e-16. */
function stirling(a: number): number {
  const coefficients = [1 / 12, -1 / 360, 1 / 1260, -1 / 1680, 1 / 1188];
  return coefficients.reduce((total, coefficient, k) => total + coefficient / a ** (2 * k + 1), 0);
}
