/**
 * The gradient scaled down to Euclidean norm `largest` over all weights together, where it is longer; itself where it
 * is not or `largest` is null.
 */
export function clip(gradient: Float64Array, largest: number | null): Float64Array {
  if (largest === null) return gradient;
  const norm = euclideanNorm(gradient);
  return norm > largest ? gradient.map((entry) => (entry * largest) / norm) : gradient;
}

/** Scaled by the largest entry, whose square may not be finite. `Math.hypot(...v)` has no room for a million entries. */
function euclideanNorm(vector: Float64Array): number {
  let largest = 0;
  for (let i = 0; i < vector.length; i++) largest = Math.max(largest, Math.abs(vector[i]!));
  if (largest === 0) return 0;
  let squares = 0;
  for (let i = 0; i < vector.length; i++) squares += (vector[i]! / largest) ** 2;
  return largest * Math.sqrt(squares);
}
