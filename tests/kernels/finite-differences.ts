import type { Rules } from "../../src/kernels/derivatives.js";
import { float64 } from "../../src/kernels/float64.js";
import type { GraphOptions } from "../../src/kernels/graph.js";
import { type Program, squaredError } from "../../src/kernels/program.js";

export interface Given {
  readonly parameters: Float64Array;
  readonly settings?: ArrayLike<number>;
  readonly options?: Partial<GraphOptions>;
  readonly rules?: Rules;
}

/**
 * Largest difference of a model's gradient from central differences of its loss (fourth order, so that the step can
 * be large against roundoff), relative to the gradient's entry and its root mean square. About 40 entries are tried.
 */
export function gradientError(of: Program, { parameters, settings = [], options = {}, rules }: Given): number {
  const key = [7, 3] as const;
  const prompts = 3;
  const gradient = float64(squaredError(of, rules), options);
  const loss = float64({ ...of, body: (inputs) => squaredError({ ...of, parameters: 0 }).body(inputs) }, options);
  const slopes = gradient.sums({ parameters, settings, key }, 0, prompts).slice(1);
  const size = Math.sqrt(slopes.reduce((sum, slope) => sum + slope * slope, 0) / slopes.length);
  const shifted = (i: number, by: number): number => {
    const moved = parameters.slice();
    moved[i] = moved[i]! + by;
    return loss.sums({ parameters: moved, settings, key }, 0, prompts)[0]!;
  };
  const step = 1e-4;
  // What roundoff makes of a difference of two losses.
  const noise = (16 * 2 ** -52 * Math.max(1, shifted(0, 0))) / step;
  let worst = 0;
  for (let i = 0; i < of.parameters; i += Math.max(1, Math.floor(of.parameters / 40))) {
    const near = shifted(i, step) - shifted(i, -step);
    const far = shifted(i, 2 * step) - shifted(i, -2 * step);
    const difference = (8 * near - far) / (12 * step);
    const off = Math.max(0, Math.abs(difference - slopes[i]!) - noise);
    worst = Math.max(worst, off / (Math.abs(slopes[i]!) + size || 1));
  }
  return worst;
}
