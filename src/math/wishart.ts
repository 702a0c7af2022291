/**
 * E tr W^j for j = 0 .. highest, of W = X^T X with X an n x d matrix of independent standard normals; exact but for rounding.
 * Integration by parts gives, with p_k = tr W^k, p_0 = d, and f a product of other traces p_m,
 *
 *   E p_k f = (n + k - 1) E p_(k-1) f + sum_{j=1}^{k-1} E p_j p_(k-1-j) f + sum_m 2 m E p_(k+m-1) f / p_m,
 *
 * one degree lower on every side: E tr W = n d, E tr W^2 = n d (n + d + 1). The cost grows with the number of partitions of
 * `highest`: 42 at 10, 627 at 20.
 * Source: Letac, Massam, "All invariant moments of the Wishart distribution", Scand. J. Stat. 31 (2004), by Stein's identity.
 *
 * @throws RangeError unless n, d and the highest power are integers, d at least 1 and the others at least 0.
 */
export function wishartMoments(freedom: number, dimension: number, highest: number): number[] {
  for (const [value, least] of [
    [freedom, 0],
    [dimension, 1],
    [highest, 0],
  ] as const)
    if (!(Number.isSafeInteger(value) && value >= least))
      throw new RangeError(`a Wishart moment has integers of ${least} or more, not ${value}`);
  const known = new Map<string, number>();
  /** E of the product of tr W^k over these powers, in descending order. */
  const mean = (powers: readonly number[]): number => {
    const [k, ...others] = powers;
    if (k === undefined) return 1;
    if (k === 0) return dimension * mean(others);
    const name = powers.join();
    const before = known.get(name);
    if (before !== undefined) return before;
    let total = (freedom + k - 1) * mean(descending([k - 1, ...others]));
    for (let j = 1; j < k; j++) total += mean(descending([j, k - 1 - j, ...others]));
    for (const [i, m] of others.entries())
      if (m > 0) total += 2 * m * mean(descending([k + m - 1, ...others.slice(0, i), ...others.slice(i + 1)]));
    known.set(name, total);
    return total;
  };
  return Array.from({ length: highest + 1 }, (_, j) => mean([j]));
}

function descending(powers: readonly number[]): number[] {
  return [...powers].sort((a, b) => b - a);
}
