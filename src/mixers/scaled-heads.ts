import { nd } from "../math/nd.js";
import type { Heads } from "./heads.js";

/** The same heads with every score multiplied by `scale(D)`, D = d + 1 being the size of a token. */
export function scaledHeads(heads: Heads, scale: (D: number) => number): Heads {
  return {
    init: heads.init,
    products(weights) {
      const { KQ, OV } = heads.products(weights);
      return {
        KQ: nd(
          KQ.axes,
          KQ.shape,
          Float64Array.from(KQ.data, (entry) => entry * scale(KQ.shape[1])),
        ),
        OV,
      };
    },
    tensors(tf, weights) {
      const { KQ, OV } = heads.tensors(tf, weights);
      return { KQ: tf.mul(KQ, scale(KQ.shape[1])), OV };
    },
  };
}
