import { type Autoregression, autocovariancesOf } from "../../laws/autoregressive.js";
import { applied } from "../../math/matrix.js";
import { spectralMap } from "../../math/symmetric.js";
import type { Lengths, Rows } from "../../types.js";
import { bestLinearWeights } from "./best-linear.js";
import { type LsaWeights, momentsOf } from "./lsa-risk.js";

/** A layer with its exact risk. */
export interface LsaOptimum extends LsaWeights {
  readonly risk: number;
}

/** A sweep must lower the risk by this share of gamma_0, or the search is over. */
const SETTLED = 1e-13;
const MOST_SWEEPS = 2000;
/** Directions of the features whose variance is below this share of the largest are roundings of none. */
const SMALLEST = 1e-12;

/**
 * The weights that minimise the population risk of one linear-attention layer on a stationary Gaussian series with m
 * pairs. The risk is quadratic in b for given A and in A for given b, so alternating least squares on the exact moments
 * descends to a minimum. It starts from the layer b = (-rho_q, .., -rho_1, 1), A = b rho^T, which is optimal to leading
 * order in 1/m; starts from every unit vector ended at the same risk or above in each case that was tried. The risk is
 * exact for the weights given; that no other weights are better is not proved, and `relaxedLsaRisk` bounds from below by
 * how much they could be.
 *
 * @throws RangeError where coefficients are drawn, or for longer prompts than moments are summed for
 */
export function seriesLsaOptimum(population: Autoregression, context: Lengths): LsaOptimum {
  const problem = tensors(population, context);
  const rho = bestLinearWeights(population).slice(0, population.window);
  return descend(problem, [...rho.map((weight) => -weight), 1]);
}

/**
 * The least risk of any weight on the features G_ab z_l, rank one or not: below every layer's, and what many heads reach.
 */
export function relaxedLsaRisk(population: Autoregression, context: Lengths): number {
  const { cross, second, gamma0 } = tensors(population, context);
  const features = Array.from(cross.keys());
  const covariance = features.map((i) => features.map((j) => second[i * features.length + j]!));
  return gamma0 - explained(covariance, [...cross]).gain;
}

/** Moments as arrays over features (a, b, l) in that order. */
interface Tensors {
  readonly rows: number;
  readonly window: number;
  readonly gamma0: number;
  readonly cross: Float64Array;
  readonly second: Float64Array;
}

function tensors(population: Autoregression, context: Lengths): Tensors {
  const { window } = population;
  const rows = window + 1;
  const { cross, second } = momentsOf(population, context);
  const index = Array.from({ length: rows * rows * window }, (_, i) => {
    const [pair, l] = [Math.floor(i / window), i % window];
    return [Math.floor(pair / rows), pair % rows, l] as const;
  });
  const size = index.length;
  const moments = new Float64Array(size * size);
  for (const [i, [a, b, l]] of index.entries())
    for (const [j, [c, d, k]] of index.entries())
      if (j <= i) moments[i * size + j] = moments[j * size + i] = second(a, b, l, c, d, k);
  return {
    rows,
    window,
    gamma0: autocovariancesOf(population, 0)[0]!,
    cross: Float64Array.from(index, ([a, b, l]) => cross(a, b, l)),
    second: moments,
  };
}

function descend(problem: Tensors, start: readonly number[]): LsaOptimum {
  const { rows, window, gamma0 } = problem;
  let [b, A, risk] = [start, [] as Rows, gamma0];
  for (let sweep = 0; sweep < MOST_SWEEPS; sweep++) {
    // Features of A's entries (i, l): sum_a b_a G_ai z_l; then of b's entries a: sum_il A_il G_ai z_l.
    const ofA = contracted(problem, (a, i, l) => [i * window + l, b[a]!], rows * window);
    const entries = explained(ofA.covariance, ofA.shared).weights;
    A = Array.from({ length: rows }, (_, i) => entries.slice(i * window, (i + 1) * window));
    const ofB = contracted(problem, (a, i, l) => [a, A[i]![l]!], rows);
    const { weights, gain } = explained(ofB.covariance, ofB.shared);
    b = weights;
    const before = risk;
    risk = gamma0 - gain;
    if (!(before - risk > SETTLED * gamma0)) break;
  }
  return { b, A, risk };
}

/** Moments of fewer features: feature (a, b, l) goes into the one that `of` names, with a weight. */
function contracted(
  { rows, window, cross, second }: Tensors,
  of: (a: number, b: number, l: number) => readonly [into: number, weight: number],
  size: number,
): { readonly covariance: Rows; readonly shared: readonly number[] } {
  const places = Array.from(cross.keys()).map((i) => {
    const pair = Math.floor(i / window);
    return of(Math.floor(pair / rows), pair % rows, i % window);
  });
  const covariance = Array.from({ length: size }, () => new Array<number>(size).fill(0));
  const shared = new Array<number>(size).fill(0);
  for (const [i, [into, weight]] of places.entries()) {
    shared[into]! += weight * cross[i]!;
    if (weight === 0) continue;
    for (const [j, [other, factor]] of places.entries())
      covariance[into]![other]! += weight * factor * second[i * places.length + j]!;
  }
  // Both halves are the same sums in two orders, which round apart.
  const symmetric = covariance.map((row, i) => row.map((entry, j) => (entry + covariance[j]![i]!) / 2));
  return { covariance: symmetric, shared };
}

/** The weights of least squares C^+ c, and what they explain, c^T C^+ c. */
function explained(covariance: Rows, shared: readonly number[]) {
  const largest = Math.max(...covariance.map((row, i) => Math.abs(row[i]!)));
  const inverse = spectralMap(covariance, (value) => (value > SMALLEST * largest ? 1 / value : 0));
  const weights = applied(inverse, shared);
  return { weights, gain: weights.reduce((sum, weight, i) => sum + weight * shared[i]!, 0) };
}
