/** E v^2. */
export function meanSquare(values: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i]! ** 2;
  return sum / values.length;
}

/** E (v - E v)^2. */
export function variance(values: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i]!;
  const mean = sum / values.length;
  let squares = 0;
  for (let i = 0; i < values.length; i++) squares += (values[i]! - mean) ** 2;
  return squares / values.length;
}

/** E (a - b)^2. */
export function meanSquaredGap(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i]! - b[i]!) ** 2;
  return sum / a.length;
}

/** (a_i - b_i)^2. */
export function squaredGaps(a: ArrayLike<number>, b: ArrayLike<number>): Float64Array {
  const gaps = new Float64Array(a.length);
  for (let i = 0; i < gaps.length; i++) gaps[i] = (a[i]! - b[i]!) ** 2;
  return gaps;
}
