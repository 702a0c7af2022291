/** Unit roundoff of float32. */
export const roundoff = 2 ** -24;

/** |a - b| in units of float32's spacing at b (at least that of the subnormal numbers); 0 for equal or both NaN. */
export function spacings(a: number, b: number): number {
  if (Object.is(a, b) || a === b) return 0;
  if (!Number.isFinite(a) || !Number.isFinite(b)) return Number.POSITIVE_INFINITY;
  const spacing = Math.max(2 ** -149, 2 ** (Math.floor(Math.log2(Math.abs(b))) - 23));
  return Math.abs(a - b) / spacing;
}
