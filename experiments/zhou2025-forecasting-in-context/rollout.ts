import type { LsaWeights } from "../../src/theory/series/lsa-risk.js";

/** Beyond this many standard deviations of the innovations a rollout counts as run away. */
export const RUN_AWAY = 1000;

/**
 * Forecasts h = 1, 2, .. steps ahead as the paper's Definition 4.8: the prediction is written into the series, the prompt
 * grows by a token, and the layer is asked again.
 *
 * @param history x_1 .. x_n
 */
export function rollOut({ b, A }: LsaWeights, history: Float64Array, steps: number): Float64Array {
  const D = b.length;
  const p = D - 1;
  const values = new Float64Array(history.length + steps);
  values.set(history);
  const gram = new Float64Array(D * D);
  const forecasts = new Float64Array(steps);
  let tokens = 0;
  for (let h = 0; h < steps; h++) {
    const known = history.length + h;
    for (; tokens + p < known; tokens++)
      for (let i = 0; i < D; i++)
        for (let j = 0; j < D; j++) gram[i * D + j]! += values[tokens + i]! * values[tokens + j]!;
    let forecast = 0;
    for (let i = 0; i < D; i++) {
      let asked = 0;
      for (let l = 0; l < p; l++) asked += A[i]![l]! * values[known - p + l]!;
      let output = 0;
      for (let a = 0; a < D; a++) output += b[a]! * gram[a * D + i]!;
      forecast += (output / tokens) * asked;
    }
    forecasts[h] = forecast;
    values[known] = forecast;
  }
  return forecasts;
}
