/** f(x), with its gradient written to `gradient`. May be Infinity or NaN: such points are stepped back from. */
export type Differentiable = (x: Float64Array, gradient: Float64Array) => number;

export interface Minimum {
  readonly x: Float64Array;
  readonly f: number;
}

/** Steps after which a search ends wherever it is: far more than smooth functions of few variables need. */
const MOST_STEPS = 500;
/** The share of the decrease promised by the slope that a step must bring (Armijo). */
const ENOUGH = 1e-4;

/**
 * A local minimum of a smooth function of a few variables, by the BFGS approximation H of the inverse Hessian with
 * steps halved until they decrease f enough. It ends after two steps in a row that gain less than a share `tolerance` of
 * |f|, or where neither H's direction nor the steepest one decreases f. As f is flat at its minimum, x is good to about
 * the root of the tolerance.
 * Source: Nocedal and Wright, "Numerical Optimization", 2nd edition 2006, Algorithm 6.1.
 *
 * @throws RangeError where f is not finite at the start.
 */
export function quasiNewton(f: Differentiable, start: ArrayLike<number>, tolerance = 1e-14): Minimum {
  const size = start.length;
  let x = Float64Array.from(start);
  let slope = new Float64Array(size);
  let value = f(x, slope);
  if (!Number.isFinite(value)) throw new RangeError(`a minimum is sought from a point where f is finite, not ${value}`);
  let H = scaledIdentity(size, 1 / Math.max(norm(slope), Number.MIN_VALUE));
  let isFresh = true;
  let still = 0;
  for (let step = 0; step < MOST_STEPS; step++) {
    let direction = times(H, slope, -1);
    let descent = inner(direction, slope);
    if (!(descent < 0)) {
      H = scaledIdentity(size, 1 / Math.max(norm(slope), Number.MIN_VALUE));
      isFresh = true;
      direction = times(H, slope, -1);
      descent = inner(direction, slope);
    }
    const next = lower(f, x, value, direction, descent);
    if (next === null) {
      if (isFresh) break;
      H = scaledIdentity(size, 1 / Math.max(norm(slope), Number.MIN_VALUE));
      isFresh = true;
      continue;
    }
    const moved = next.x.map((entry, i) => entry - x[i]!);
    const turned = next.slope.map((entry, i) => entry - slope[i]!);
    const curvature = inner(moved, turned);
    if (curvature > 0) {
      if (isFresh) H = scaledIdentity(size, curvature / inner(turned, turned));
      update(H, moved, turned, curvature);
      isFresh = false;
    }
    const gain = value - next.f;
    ({ x, slope, f: value } = next);
    still = gain <= tolerance * Math.abs(value) ? still + 1 : 0;
    if (still === 2) break;
  }
  return { x, f: value };
}

/** The first of the steps 1, 1/2, 1/4, ... along `direction` that decreases f enough; null where none does. */
function lower(f: Differentiable, x: Float64Array, value: number, direction: Float64Array, descent: number) {
  const slope = new Float64Array(x.length);
  for (let length = 1; length > 2 ** -40; length /= 2) {
    const to = x.map((entry, i) => entry + length * direction[i]!);
    const there = f(to, slope);
    if (there < value && there <= value + ENOUGH * length * descent) return { x: to, f: there, slope };
  }
  return null;
}

/** H <- (I - s t^T / c) H (I - t s^T / c) + s s^T / c for a move s that turned the gradient by t, c = s . t. */
function update(H: Float64Array[], moved: Float64Array, turned: Float64Array, curvature: number): void {
  const pulled = times(H, turned, 1);
  const factor = (1 + inner(turned, pulled) / curvature) / curvature;
  for (const [i, row] of H.entries())
    for (let j = 0; j < row.length; j++)
      row[j]! += factor * moved[i]! * moved[j]! - (pulled[i]! * moved[j]! + moved[i]! * pulled[j]!) / curvature;
}

const scaledIdentity = (size: number, factor: number): Float64Array[] =>
  Array.from({ length: size }, (_, i) => new Float64Array(size).fill(0).fill(factor, i, i + 1));

const times = (matrix: readonly Float64Array[], v: Float64Array, factor: number): Float64Array =>
  Float64Array.from(matrix, (row) => factor * inner(row, v));

function inner(a: Float64Array, b: Float64Array): number {
  let total = 0;
  for (let i = 0; i < a.length; i++) total += a[i]! * b[i]!;
  return total;
}

const norm = (v: Float64Array): number => Math.sqrt(inner(v, v));
