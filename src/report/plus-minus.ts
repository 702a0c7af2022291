/** Below this share of the value an error has no digit in common with it: beyond float64's own 15 digits. */
const SMALLEST_SHARE = 1e-13;

/**
 * `0.2063 ± 0.0012`: the error to 2 significant digits, the value to the same place. Far from 1 both share a power of
 * ten, `(1.234 ± 0.012)e-7`. Without an error, or with an error of 0, the number alone. What is undefined reads `–`.
 */
export function plusMinus(value: number | null, error: number | null): string {
  if (value === null || !Number.isFinite(value) || error === null || error === 0) return numberText(value);
  if (!Number.isFinite(error) || error < 0) return `${numberText(value)} ± ${numberText(error < 0 ? null : error)}`;
  if (error < SMALLEST_SHARE * Math.abs(value)) return `${numberText(value, 15)} ± ${error.toExponential(1)}`;
  const size = exponent(Math.max(Math.abs(value), error), 2);
  if (size >= -4 && size < 6) return `${toPlace(value, place(error))} ± ${toPlace(error, place(error))}`;
  const [scaled, scaledError] = [value / 10 ** size, error / 10 ** size];
  return `(${toPlace(scaled, place(scaledError))} ± ${toPlace(scaledError, place(scaledError))})e${size}`;
}

/** A number without an error, to `digits` significant digits and without trailing zeros; `∞`, and `–` for undefined. */
export function numberText(value: number | null, digits = 6): string {
  if (value === null || Number.isNaN(value)) return "–";
  if (!Number.isFinite(value)) return value > 0 ? "∞" : "-∞";
  const rounded = Number(value.toPrecision(digits));
  const size = Math.abs(rounded);
  return size !== 0 && (size < 1e-4 || size >= 1e6) ? rounded.toExponential() : String(rounded);
}

/** The decimal place (2 = hundredths) of an error's second digit; of 0.0996 it is that of 0.10. */
function place(error: number): number {
  return 1 - exponent(error, 2);
}

/** The power of ten of a number's first digit once it is rounded to `digits` digits. */
function exponent(value: number, digits: number): number {
  return Number(value.toExponential(digits - 1).split("e")[1]);
}

function toPlace(value: number, decimals: number): string {
  const text = decimals >= 0 ? value.toFixed(decimals) : String(Math.round(value * 10 ** decimals) * 10 ** -decimals);
  return Number(text) === 0 ? text.replace("-", "") : text;
}
