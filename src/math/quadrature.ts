/** Nodes and weights of a rule on [-1, 1]: the integral is sum weights[k] f(nodes[k]). */
export interface Rule {
  readonly nodes: Float64Array;
  readonly weights: Float64Array;
}

/**
 * The Gauss-Legendre rule of n points, exact for polynomials of degree 2 n - 1: nodes are the roots of the Legendre
 * polynomial P_n by Newton's iteration, weights 2 / ((1 - x^2) P_n'(x)^2).
 *
 * @throws RangeError unless n is a positive integer.
 */
export function gaussLegendre(points: number): Rule {
  if (!Number.isInteger(points) || points < 1) throw new RangeError(`a rule has 1 or more points, not ${points}`);
  const nodes = new Float64Array(points);
  const weights = new Float64Array(points);
  for (let k = 0; k < points; k++) {
    let x = -Math.cos((Math.PI * (k + 0.75)) / (points + 0.5));
    // Newton doubles the digits; the guess has at least two, so five rounds reach all sixteen.
    for (let round = 0; round < 5; round++) {
      const { value, slope } = legendre(points, x);
      x -= value / slope;
    }
    nodes[k] = x;
    weights[k] = 2 / ((1 - x * x) * legendre(points, x).slope ** 2);
  }
  return { nodes, weights };
}

/** P_n(x) and P_n'(x) by the three-term recurrence. */
function legendre(n: number, x: number): { readonly value: number; readonly slope: number } {
  let [before, value] = [1, x];
  for (let k = 2; k <= n; k++) [before, value] = [value, ((2 * k - 1) * x * value - (k - 1) * before) / k];
  return { value, slope: (n * (x * value - before)) / (x * x - 1) };
}

const PANEL = gaussLegendre(12);
const MAXIMUM_HALVINGS = 60;

/**
 * The integral of f from `low` to `high`: 12-point panels, halved until a panel and its two halves agree to
 * `tolerance` relative to the whole (or to roundoff). Ends may not be infinite: map the line to an interval first.
 *
 * @throws RangeError where f is not integrable to that accuracy or is not finite at a node.
 */
export function integrate(f: (x: number) => number, low: number, high: number, tolerance = 1e-12): number {
  const panel = (a: number, b: number) => {
    let total = 0;
    for (const [k, node] of PANEL.nodes.entries()) total += PANEL.weights[k]! * f((a + b) / 2 + ((b - a) / 2) * node);
    return (total * (b - a)) / 2;
  };
  const whole = panel(low, high);
  let scale = Math.abs(whole);
  const refine = (a: number, b: number, estimate: number, halvings: number): number => {
    const middle = (a + b) / 2;
    const [left, right] = [panel(a, middle), panel(middle, b)];
    const refined = left + right;
    scale = Math.max(scale, Math.abs(refined));
    if (Math.abs(refined - estimate) <= tolerance * scale) return refined;
    if (!(halvings < MAXIMUM_HALVINGS && Number.isFinite(refined)))
      throw new RangeError(
        `the integral does not converge near ${middle}: a panel is ${refined} after ${halvings} halvings`,
      );
    return refine(a, middle, left, halvings + 1) + refine(middle, b, right, halvings + 1);
  };
  return refine(low, high, whole, 0);
}
