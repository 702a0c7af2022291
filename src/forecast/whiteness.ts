import { chiSquaredTail } from "../math/chi-squared.js";
import { reflectionsOf } from "../math/reflection.js";
import { fitAutoregression } from "./autoregression.js";

export interface Whiteness {
  readonly order: number;
  readonly coefficients: readonly number[];
  readonly lags: number;
  /** Ljung and Box's Q over the lags; null where residuals are all 0. */
  readonly statistic: number | null;
  readonly degrees: number;
  /** Of a Q as large from uncorrelated residuals. */
  readonly p: number | null;
  /** True, false, or null where nothing can be said. */
  readonly plausible: boolean | null;
  readonly says: string;
}

/** Below this the residuals are said to be correlated. */
const LEVEL = 0.05;

/**
 * Q = n (n + 2) sum_(k=1)^m r_k^2 / (n - k), r_k the residuals' autocorrelations: chi-squared with m - p degrees of freedom
 * if they are those of a fitted autoregression of order p that is the law of the series.
 * Source: Ljung, Box 1978, "On a measure of lack of fit in time series models", Section 2.
 */
export function ljungBox(residuals: Float64Array, lags: number): number {
  const n = residuals.length;
  const mean = residuals.reduce((sum, e) => sum + e, 0) / n;
  const product = (k: number) => {
    let sum = 0;
    for (let t = k; t < n; t++) sum += (residuals[t]! - mean) * (residuals[t - k]! - mean);
    return sum;
  };
  let total = 0;
  for (let k = 1; k <= lags; k++) total += (product(k) / product(0)) ** 2 / (n - k);
  return n * (n + 2) * total;
}

/** Lags that the residuals' correlations are looked at: two seasons or 10, at most a fifth of the values, 5 above p. */
export function lagsFor(count: number, order: number, season: number): number {
  return Math.max(order + 5, Math.min(season > 1 ? 2 * season : 10, Math.floor(count / 5)));
}

/** Whether an autoregression of this order is plausible as the law of the values. */
export function whitenessOf(values: Float64Array, order: number, season: number): Whiteness {
  const { coefficients, residuals } = fitAutoregression(values, order);
  const lags = lagsFor(values.length, order, season);
  const degrees = lags - order;
  const found = residuals.length > lags ? ljungBox(residuals, lags) : Number.NaN;
  const statistic = Number.isFinite(found) ? found : null;
  const p = statistic === null ? null : chiSquaredTail(statistic, degrees);
  const root = rootFault(coefficients);
  const plausible = p === null ? null : p >= LEVEL && root === null;
  const test = p === null ? "" : ` (Ljung-Box Q(${lags}) = ${statistic!.toPrecision(3)}, p = ${p.toPrecision(2)})`;
  const says = sentence(order, p, root, test);
  return { order, coefficients, lags, statistic, degrees, p, plausible, says };
}

function sentence(order: number, p: number | null, root: string | null, test: string): string {
  if (p === null) return `nothing can be said about AR(${order}): its residuals are 0, or too few`;
  if (p < LEVEL) return `AR(${order}) is not plausible: its residuals are correlated${test}`;
  if (root !== null) return `AR(${order}) has white residuals${test}, but ${root}`;
  return `AR(${order}) is plausible: its residuals are white${test}`;
}

function rootFault(coefficients: readonly number[]): string | null {
  try {
    reflectionsOf(coefficients);
    return null;
  } catch (error) {
    if (error instanceof RangeError) return error.message;
    throw error;
  }
}
