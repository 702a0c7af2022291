import { nd } from "../math/nd.js";
import { type Heads, headForms } from "./heads.js";

/**
 * One merged head that starts where gradient flow on the population loss has a closed form:
 *   KQ = sigma [[Theta Theta^T, 0], [0, 0]],  OV = sigma (0, ..., 0, 1),  with Theta Theta^T = I / sqrt(d),
 * which has the required Frobenius norm 1. The start is the same for every key.
 * Source: Zhang, Frei, Bartlett 2024, Assumption 3.3, with the isotropic choice of Theta.
 */
export function structuredHead(sigma: number): Heads {
  return {
    ...headForms.merged(1, { scale: 0 }),
    init(_, features) {
      const D = features + 1;
      const KQ = nd(["head", "key", "query"], [1, D, D]);
      const OV = nd(["head", "token"], [1, D]);
      for (let c = 0; c < features; c++) KQ.data[c * D + c] = sigma / Math.sqrt(features);
      OV.data[features] = sigma;
      return { KQ, OV };
    },
  };
}
