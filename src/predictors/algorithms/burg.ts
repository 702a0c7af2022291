import { coefficientsOf } from "../../math/reflection.js";
import type { Tuned } from "../../types.js";
import { algorithm } from "../algorithm.js";
import { eachPrompt } from "../each-prompt.js";
import { seriesValues } from "../series-values.js";

interface Constants {
  readonly window: number;
}

/** The prediction by Burg's coefficients of the window's order. */
export function restore({ window }: Constants): Tuned["predict"] {
  return eachPrompt(({ most }) => {
    const values = new Float64Array(window + most);
    return (problem) => {
      const count = seriesValues(problem, window, values);
      const rho = coefficientsOf(burgReflections(values.subarray(0, count), window));
      let prediction = 0;
      for (let j = 0; j < window; j++) prediction += rho[j]! * problem.query[window - 1 - j]!;
      return prediction;
    };
  });
}

/**
 * Reflection coefficients r_1 .. r_p that each minimise the forward and the backward prediction errors together,
 *
 *   r_k = 2 sum_t f_t b_(t-1) / sum_t (f_t^2 + b_(t-1)^2),   f_t <- f_t - r_k b_(t-1),  b_t <- b_(t-1) - r_k f_t,
 *
 * from f = b = x; 0 where no error is left. |r_k| <= 1 as 2 f b <= f^2 + b^2.
 */
export function burgReflections(values: Float64Array, order: number): readonly number[] {
  const forward = Float64Array.from(values);
  const backward = Float64Array.from(values);
  const reflections: number[] = [];
  for (let k = 1; k <= order; k++) {
    let shared = 0;
    let size = 0;
    for (let t = k; t < values.length; t++) {
      shared += forward[t]! * backward[t - 1]!;
      size += forward[t]! ** 2 + backward[t - 1]! ** 2;
    }
    const r = size > 0 ? (2 * shared) / size : 0;
    reflections.push(r);
    for (let t = values.length - 1; t >= k; t--) {
      const ahead = forward[t]!;
      const behind = backward[t - 1]!;
      forward[t] = ahead - r * behind;
      backward[t] = behind - r * ahead;
    }
  }
  return reflections;
}

export const burgFit = algorithm(import.meta.url, restore);
