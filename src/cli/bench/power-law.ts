/** cost = c size^exponent, fitted by least squares in logarithms; the error is the exponent's standard error. */
export interface PowerLaw {
  readonly exponent: number;
  /** Null for fewer than three sizes, which every line fits. */
  readonly error: number | null;
}

/** @throws RangeError unless there are two different sizes, and all numbers are positive */
export function powerLaw(sizes: readonly number[], costs: readonly number[]): PowerLaw {
  const bad = [...sizes, ...costs].some((value) => !(value > 0));
  if (bad || new Set(sizes).size < 2 || sizes.length !== costs.length)
    throw new RangeError("a power law is fitted to the positive costs of at least two sizes");
  const [x, y] = [centred(sizes.map(Math.log)), centred(costs.map(Math.log))];
  const spread = x.reduce((sum, value) => sum + value * value, 0);
  const exponent = x.reduce((sum, value, i) => sum + value * y[i]!, 0) / spread;
  const rest = x.reduce((sum, value, i) => sum + (y[i]! - exponent * value) ** 2, 0);
  return { exponent, error: x.length > 2 ? Math.sqrt(rest / (x.length - 2) / spread) : null };
}

function centred(values: readonly number[]): number[] {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return values.map((value) => value - mean);
}
