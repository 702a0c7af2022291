import { z } from "zod";
import { Draws } from "../math/draws.js";
import type { Key } from "../types.js";

/** How a weight matrix starts, in the words of a study. */
export const initialWeights = z.union([
  z.strictObject({
    scale: z.number().nonnegative().describe("standard deviation of independent normal weights"),
  }),
  z.strictObject({
    varianceScaling: z.number().nonnegative().describe("truncated normal weights of variance this / fan-in (Haiku)"),
  }),
  z.strictObject({
    uniform: z.literal("fan-in").describe("uniform within plus and minus 1 / sqrt(fan-in) (torch.nn.Linear)"),
  }),
]);

export type InitialWeights = z.infer<typeof initialWeights>;

/** Standard deviation of a standard normal truncated to [-2, 2]. */
const TRUNCATED_SD = 0.8796256610342398;

/**
 * `count` independent initial weights of a matrix that sums over `fanIn` inputs:
 * - `scale` s: normal of standard deviation s;
 * - `varianceScaling` v: normal truncated at two of its standard deviations, and widened so that the variance is
 *   v / fanIn: `hk.initializers.VarianceScaling(v)`, by which von Oswald et al. 2023, Appendix A.12, start;
 * - `uniform`: U(-1/sqrt(fanIn), 1/sqrt(fanIn)), PyTorch's default for linear layers, by which He et al. 2025 start.
 */
export function drawWeights(init: InitialWeights, key: Key, count: number, fanIn: number): Float64Array {
  const draws = new Draws(key);
  const weight = (): number => {
    if ("scale" in init) return init.scale * draws.normal();
    if ("uniform" in init) return (2 * draws.uniform() - 1) / Math.sqrt(fanIn);
    let normal = draws.normal();
    while (Math.abs(normal) > 2) normal = draws.normal();
    return (Math.sqrt(init.varianceScaling / fanIn) / TRUNCATED_SD) * normal;
  };
  return Float64Array.from({ length: count }, weight);
}
