/**
 * A root of a continuous f between `low` and `high`, where f changes sign, to the last digits a double holds of x
 * (or to `tolerance`, absolute in x).
 * Source: Brent, "Algorithms for Minimization without Derivatives", 1973, Chapter 4.
 *
 * @throws RangeError where f has no change of sign between the ends, or is NaN on the way.
 */
export function root(f: (x: number) => number, low: number, high: number, tolerance = 0): number {
  let [before, best] = [low, high];
  let [fBefore, fBest] = [f(low), f(high)];
  if (!(fBefore * fBest <= 0))
    throw new RangeError(`a root needs a change of sign: f(${low}) = ${fBefore} and f(${high}) = ${fBest}`);
  // The root lies between `best` and `opposite`; `before` is the previous best.
  let [opposite, fOpposite] = [before, fBefore];
  let step = best - before;
  let earlierStep = step;
  while (fBest !== 0) {
    if (Number.isNaN(fBest)) throw new RangeError(`a root was sought where f is NaN: x = ${best}`);
    if (Math.sign(fBest) === Math.sign(fOpposite)) {
      [opposite, fOpposite] = [before, fBefore];
      step = best - before;
      earlierStep = step;
    }
    if (Math.abs(fOpposite) < Math.abs(fBest)) {
      [before, best, opposite] = [best, opposite, best];
      [fBefore, fBest, fOpposite] = [fBest, fOpposite, fBest];
    }
    const precision = 2 * Number.EPSILON * Math.abs(best) + tolerance / 2;
    const half = (opposite - best) / 2;
    if (Math.abs(half) <= precision) return best;
    const bent = interpolation([before, fBefore], [best, fBest], [opposite, fOpposite]);
    const useful = Math.abs(fBefore) > Math.abs(fBest) && Math.abs(earlierStep) >= precision;
    const towards = bent / half;
    if (useful && towards > 0 && towards < 1.5 && Math.abs(bent) < Math.abs(earlierStep) / 2) {
      earlierStep = step;
      step = bent;
    } else {
      step = half;
      earlierStep = half;
    }
    [before, fBefore] = [best, fBest];
    best += Math.abs(step) > precision ? step : Math.sign(half) * Math.max(precision, Number.MIN_VALUE);
    fBest = f(best);
  }
  return best;
}

type Point = readonly [x: number, f: number];

/** Step from `best` to the zero of the inverse quadratic through three points, of the secant where two coincide. */
function interpolation([xa, fa]: Point, [xb, fb]: Point, [xc, fc]: Point): number {
  if (xa === xc) return (fb * (xb - xa)) / (fa - fb);
  const [s, q, r] = [fb / fa, fa / fc, fb / fc];
  const numerator = s * ((xc - xb) * q * (q - r) - (xb - xa) * (r - 1));
  return -numerator / ((q - 1) * (r - 1) * (s - 1));
}
