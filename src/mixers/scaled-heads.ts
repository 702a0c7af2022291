import { mul } from "../kernels/arithmetic.js";
import { vector } from "../kernels/vector.js";
import { nd } from "../math/nd.js";
import type { Heads } from "./heads.js";

/** The same heads with every score multiplied by `scale(D)`, D = d + 1 being the size of a token; `name` says which. */
export function scaledHeads(heads: Heads, name: string, scale: (D: number) => number): Heads {
  return {
    ...heads,
    structure: `${heads.structure}, scale ${name}`,
    nodes: (parameters, query) =>
      heads.nodes(parameters, query).map(({ key: { x, y }, value }) => {
        const factor = scale(query.length + 1);
        return { key: { x: vector(x.length, (a) => mul(factor, x.at(a))), y: mul(factor, y) }, value };
      }),
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
