/**
 * Moments of what one layer of linear attention computes with. A prompt of m pairs holds the tokens
 * h_i = (x_i, .., x_(i+p)), i < m, and the query z = (x_m, .., x_(m+p-1)); the layer answers
 *
 *   sum_abl b_a A_bl G_ab z_l,   G = (1/m) sum_i h_i h_i^T,
 *
 * so that all that counts of a stationary Gaussian series are the covariances of the features G_ab z_l with the next value
 * (four factors) and with each other (six factors). By Isserlis's theorem both are sums over pairings of products of
 * autocovariances; the sums over tokens are done first, and only 2 p + 1 shifts of them differ.
 */

/** Indices a, b < p + 1 of the token's entries, l < p of the query's. */
export interface LsaMoments {
  /** E[G_ab z_l x_(m+p)]. */
  cross(a: number, b: number, l: number): number;
  /** E[G_ab z_l G_cd z_k]. */
  second(a: number, b: number, l: number, c: number, d: number, k: number): number;
}

/**
 * @param gamma autocovariances gamma_0 .. gamma_(m+p)
 * @param pairs m, 1 or more
 */
export function lsaMoments(gamma: readonly number[], pairs: number, window: number): LsaMoments {
  const at = (lag: number) => gamma[Math.abs(lag)]!;
  const [m, p] = [pairs, window];
  /** Entry s + p of the query's side: the vector over tokens of gamma between x_(i+s) and x_m. */
  const reach = Array.from({ length: 2 * p + 1 }, (_, s) =>
    Float64Array.from({ length: m }, (__, i) => at(i + s - p - m)),
  );
  const towards = (shift: number) => reach[shift + p]!;
  /** (1/m) sum_i gamma(x_(i+s), x_m) gamma(x_(i+t), x_m), by s + p and t + p. */
  const once = reach.map((u) => reach.map((v) => dot(u, v) / m));
  /** (1/m^2) sum_ij gamma_(i-j+s) gamma_(i-j+t), by s + p and t + p. */
  const twice = shifts(p).map((s) => shifts(p).map((t) => overLags(m, (lag) => at(lag + s) * at(lag + t))));
  /** (1/m^2) sum_ij gamma_(i-j+r) gamma(x_(i+s), x_m) gamma(x_(j+t), x_m), by r, s and t. */
  const chain = shifts(p).map((r) => {
    const moved = reach.map((v) =>
      Float64Array.from({ length: m }, (_, i) => sumOver(m, (j) => at(i - j + r) * v[j]!)),
    );
    return reach.map((u) => moved.map((v) => dot(u, v) / m ** 2));
  });
  const one = (s: number, t: number) => once[s + p]![t + p]!;
  const two = (s: number, t: number) => twice[s + p]![t + p]!;
  const three = (r: number, s: number, t: number) => chain[r + p]![s + p]![t + p]!;
  return {
    cross(a, b, l) {
      const next = (entry: number) => Float64Array.from({ length: m }, (_, i) => at(i + entry - m - p));
      const mixed = dot(towards(a - l), next(b)) + dot(towards(b - l), next(a));
      return at(a - b) * at(p - l) + mixed / m;
    },
    second(a, b, l, c, d, k) {
      const within = at(a - b) * at(c - d) * at(l - k);
      const left = at(a - b) * (one(c - l, d - k) + one(c - k, d - l));
      const right = at(c - d) * (one(a - l, b - k) + one(a - k, b - l));
      const across = at(l - k) * (two(a - c, b - d) + two(a - d, b - c));
      const linked =
        three(a - c, b - l, d - k) +
        three(a - c, b - k, d - l) +
        three(a - d, b - l, c - k) +
        three(a - d, b - k, c - l) +
        three(b - c, a - l, d - k) +
        three(b - c, a - k, d - l) +
        three(b - d, a - l, c - k) +
        three(b - d, a - k, c - l);
      return within + left + right + across + linked;
    },
  };
}

const shifts = (p: number): readonly number[] => Array.from({ length: 2 * p + 1 }, (_, s) => s - p);

function sumOver(count: number, term: (i: number) => number): number {
  let sum = 0;
  for (let i = 0; i < count; i++) sum += term(i);
  return sum;
}

/** (1/m^2) sum_ij f(i - j), every difference once with its number of pairs. */
function overLags(m: number, f: (lag: number) => number): number {
  return sumOver(2 * m - 1, (i) => (m - Math.abs(i - m + 1)) * f(i - m + 1)) / m ** 2;
}

function dot(u: Float64Array, v: Float64Array): number {
  return sumOver(u.length, (i) => u[i]! * v[i]!);
}
