/** Interpolation beyond so many nodes is given up: whatever needs more is not smooth. */
const MAXIMUM_NODES = 512;

/**
 * Coefficients c_0 .. c_N of the polynomial c_0 + sum_k c_k T_k(x / half) that follows a smooth f on [-half, half]:
 * the interpolant at Chebyshev's nodes, their number doubled until the last eighth of the coefficients is below
 * `tolerance` together, and cut off where the rest's sum is. So it is off by about `tolerance`, absolutely, at most.
 * Source: Trefethen, "Approximation Theory and Approximation Practice", 2013, Chapters 3 and 4.
 *
 * @throws RangeError where 512 nodes do not do.
 */
export function chebyshev(f: (x: number) => number, half: number, tolerance: number): number[] {
  for (let nodes = 16; nodes <= MAXIMUM_NODES; nodes *= 2) {
    const coefficients = interpolation(f, half, nodes);
    let rest = 0;
    let kept = nodes;
    while (kept > 1 && rest + Math.abs(coefficients[kept - 1]!) <= tolerance) rest += Math.abs(coefficients[--kept]!);
    if (kept <= (7 / 8) * nodes) return coefficients.slice(0, kept);
  }
  throw new RangeError(`a polynomial of degree ${MAXIMUM_NODES - 1} does not follow the function to ${tolerance}`);
}

/** c_k = (2 / N) sum_i f(half cos t_i) cos(k t_i) at t_i = pi (i + 1/2) / N; half of that for k = 0. */
function interpolation(f: (x: number) => number, half: number, nodes: number): number[] {
  const angles = Array.from({ length: nodes }, (_, i) => (Math.PI * (i + 0.5)) / nodes);
  const values = angles.map((angle) => f(half * Math.cos(angle)));
  return angles.map((_, k) => {
    const total = values.reduce((sum, value, i) => sum + value * Math.cos(k * angles[i]!), 0);
    return ((k === 0 ? 1 : 2) * total) / nodes;
  });
}
