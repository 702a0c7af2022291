import { studentCdf } from "../math/distributions.js";

export interface Comparison {
  /** Below 0 where the first has the smaller loss. */
  readonly statistic: number | null;
  /** Of a difference as large in either direction, if both were equally good. */
  readonly p: number | null;
  /** `rectangular` as published; `bartlett` where that variance is not positive. */
  readonly variance: "rectangular" | "bartlett" | null;
  /** Why there is no number. */
  readonly why?: string;
}

/**
 * Whether two forecasters differ in mean loss: with d_t the difference of their losses at origin t, h steps overlapping,
 *
 *   S = sqrt((n + 1 - 2 h + h (h - 1) / n) / n) mean(d) / sqrt(V),   V = (gamma_0 + 2 sum_(k < h) gamma_k) / n,
 *
 * against Student's t with n - 1 degrees of freedom; gamma_k = (1 / n) sum_t (d_t - mean) (d_(t-k) - mean). That V may come
 * out at 0 or below; Bartlett's weights 1 - k / h on gamma_k keep it positive, and are then taken instead.
 * Source: Diebold, Mariano 1995, Equation 4; Harvey, Leybourne, Newbold 1997, Equations 5 and 8.
 *
 * @param differences one a successive origin
 * @param steps h: a forecast's loss depends on errors up to h steps ahead
 */
export function dieboldMariano(differences: Float64Array, steps: number): Comparison {
  const n = differences.length;
  const correction = (n + 1 - 2 * steps + (steps * (steps - 1)) / n) / n;
  if (n < 2 || !(correction > 0) || steps >= n) return none(`${n} origins are too few for ${steps} steps`);
  const mean = differences.reduce((sum, d) => sum + d, 0) / n;
  const gamma = Array.from({ length: steps }, (_, k) => {
    let sum = 0;
    for (let t = k; t < n; t++) sum += (differences[t]! - mean) * (differences[t - k]! - mean);
    return sum / n;
  });
  if (!(Number.isFinite(mean) && Number.isFinite(gamma[0]))) return none("a loss is not finite");
  if (gamma[0] === 0) return none(mean === 0 ? "their forecasts have the same losses" : "the difference never varies");
  const variance = (weight: (k: number) => number) =>
    gamma.reduce((sum, value, k) => sum + (k === 0 ? 1 : 2 * weight(k)) * value, 0) / n;
  const rectangular = variance(() => 1);
  const chosen = rectangular > 0 ? rectangular : variance((k) => 1 - k / steps);
  const statistic = (Math.sqrt(correction) * mean) / Math.sqrt(chosen);
  const p = 2 * studentCdf(-Math.abs(statistic), n - 1);
  return { statistic, p, variance: rectangular > 0 ? "rectangular" : "bartlett" };
}

function none(why: string): Comparison {
  return { statistic: null, p: null, variance: null, why };
}
