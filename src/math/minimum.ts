/** The share of an interval that a golden section cuts off. */
const GOLDEN = (3 - Math.sqrt(5)) / 2;

/**
 * A local minimum of f between `low` and `high`, by parabolas where they help and golden sections where not. As f is
 * flat at its minimum, x is good to about the root of roundoff, 1.5e-8 relative, and f(x) to roundoff.
 * Source: Brent, "Algorithms for Minimization without Derivatives", 1973, Chapter 5.
 *
 * @throws RangeError where `low` is not below `high`, or f is NaN on the way.
 */
export function minimum(
  f: (x: number) => number,
  low: number,
  high: number,
): { readonly x: number; readonly f: number } {
  if (!(low < high)) throw new RangeError(`a minimum is sought in an interval, not from ${low} to ${high}`);
  const at = (x: number): { readonly x: number; readonly f: number } => {
    const value = f(x);
    if (Number.isNaN(value)) throw new RangeError(`a minimum was sought where f is NaN: x = ${x}`);
    return { x, f: value };
  };
  let [left, right] = [low, high];
  let best = at(left + GOLDEN * (right - left));
  let [second, third] = [best, best];
  let step = 0;
  let earlierStep = 0;
  for (;;) {
    const middle = (left + right) / 2;
    const precision = Math.sqrt(Number.EPSILON) * Math.abs(best.x) + Number.EPSILON * (high - low);
    if (Math.abs(best.x - middle) + (right - left) / 2 <= 2 * precision) return best;
    const bent = parabola(best, second, third);
    const inside = best.x + bent > left && best.x + bent < right;
    if (inside && Math.abs(bent) < Math.abs(earlierStep) / 2) {
      earlierStep = step;
      step = bent;
    } else {
      earlierStep = (best.x < middle ? right : left) - best.x;
      step = GOLDEN * earlierStep;
    }
    const next = at(best.x + (Math.abs(step) >= precision ? step : Math.sign(step || middle - best.x) * precision));
    if (next.f <= best.f) {
      if (next.x < best.x) right = best.x;
      else left = best.x;
      [third, second, best] = [second, best, next];
    } else {
      if (next.x < best.x) left = next.x;
      else right = next.x;
      if (next.f <= second.f || second === best) [third, second] = [second, next];
      else if (next.f <= third.f || third === best || third === second) third = next;
    }
  }
}

interface Point {
  readonly x: number;
  readonly f: number;
}

/** Step from `best` to the vertex of the parabola through three points; NaN where they do not make one. */
function parabola(best: Point, second: Point, third: Point): number {
  const r = (best.x - second.x) * (best.f - third.f);
  const q = (best.x - third.x) * (best.f - second.f);
  return -((best.x - third.x) * q - (best.x - second.x) * r) / (2 * (q - r));
}
