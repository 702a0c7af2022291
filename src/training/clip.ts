/**
 * The gradient scaled down to Euclidean norm `largest` over all weights together, where it is longer; itself where it
 * is not or `largest` is null.
 */
export function clip(gradient: Float64Array, largest: number | null): Float64Array {
  if (largest === null) return gradient;
  const norm = Math.hypot(...gradient);
  return norm > largest ? gradient.map((entry) => (entry * largest) / norm) : gradient;
}
