import type { Tensor2D, Tensor3D } from "@tensorflow/tfjs-core";
import type { Block } from "../kernels/inputs.js";
import type { Vector } from "../kernels/vector.js";
import { foldIn } from "../math/keys.js";
import { nd } from "../math/nd.js";
import type { Mixer, Nd, Tensors, Tf, Weights } from "../types.js";
import { factoredHead, type HeadNodes, mergedHead } from "./head-nodes.js";
import { drawWeights, type InitialWeights } from "./initial-weights.js";

/**
 * Attention heads over tokens e = (x, y) of size D = d + 1. Whatever its weights are called, head h reaches the
 * prediction only through
 *   KQ_h (D x D): the score of a pair with the query is e_j^T KQ_h e_q,
 *   OV_h (D):     the value that a pair adds to the prediction is OV_h . e_j.
 */
export interface Heads<W extends Weights = Weights> extends Pick<Mixer<W>, "init" | "products"> {
  /** The same products as differentiable tfjs operations: KQ (head, key, query) and OV (head, token). */
  tensors(tf: Tf, weights: Tensors<W>): { readonly KQ: Tensor3D; readonly OV: Tensor2D };
  /** The names of the weights in the order in which the kernel language reads their entries. */
  readonly names: readonly (keyof W & string)[];
  /** Names the text of `nodes`: equal names read alike. */
  readonly structure: string;
  /** How many entries the weights have for d features. */
  parameters(features: number): number;
  /** The same products in the kernel language, KQ with the query put in: one a head. */
  nodes(parameters: Block, query: Vector): readonly HeadNodes[];
}

/** Heads trained as their products, KQ and OV, themselves. Both sum over D token entries: fan-in D. */
export type MergedHeads = {
  readonly KQ: Nd<["head", "key", "query"]>;
  readonly OV: Nd<["head", "token"]>;
};

export function mergedHeads(heads: number, init: InitialWeights): Heads<MergedHeads> {
  return {
    init(key, features) {
      const D = features + 1;
      return {
        KQ: nd(["head", "key", "query"], [heads, D, D], drawWeights(init, foldIn(key, "KQ"), heads * D * D, D)),
        OV: nd(["head", "token"], [heads, D], drawWeights(init, foldIn(key, "OV"), heads * D, D)),
      };
    },
    names: ["KQ", "OV"],
    structure: `${heads} merged`,
    parameters: (features) => heads * (features + 1) * (features + 2),
    nodes(parameters, query) {
      const D = query.length + 1;
      return Array.from({ length: heads }, (_, h) =>
        mergedHead(parameters.block(h * D * D, D * D), parameters.block((heads * D + h) * D, D), query),
      );
    },
    products: (weights) => weights,
    tensors: (_, { KQ, OV }) => ({ KQ: KQ as Tensor3D, OV: OV as Tensor2D }),
  };
}

/**
 * Heads trained as published code has them, with KQ_h = K_h^T Q_h and OV_h = P_h V_h. Of the output projection only
 * the row P_h that writes the label is kept: the other rows never reach the prediction of one layer. K, Q and V sum
 * over D token entries, P over the D inner entries of all heads: fan-ins D and heads * D.
 */
export type FactoredHeads = {
  readonly K: Nd<["head", "inner", "token"]>;
  readonly Q: Nd<["head", "inner", "token"]>;
  readonly V: Nd<["head", "inner", "token"]>;
  readonly P: Nd<["head", "inner"]>;
};

export function factoredHeads(heads: number, init: InitialWeights): Heads<FactoredHeads> {
  return {
    init(key, features) {
      const D = features + 1;
      const projection = (name: "K" | "Q" | "V"): Nd<["head", "inner", "token"]> =>
        nd(["head", "inner", "token"], [heads, D, D], drawWeights(init, foldIn(key, name), heads * D * D, D));
      const P = nd(["head", "inner"], [heads, D], drawWeights(init, foldIn(key, "P"), heads * D, heads * D));
      return { K: projection("K"), Q: projection("Q"), V: projection("V"), P };
    },
    names: ["K", "Q", "V", "P"],
    structure: `${heads} factored`,
    parameters: (features) => heads * (features + 1) * (3 * features + 4),
    nodes(parameters, query) {
      const D = query.length + 1;
      return Array.from({ length: heads }, (_, h) => {
        const [K, Q, V] = [0, 1, 2].map((k) => parameters.block((k * heads + h) * D * D, D * D));
        return factoredHead(K!, Q!, V!, parameters.block((3 * heads * D + h) * D, D), query);
      });
    },
    products({ K, Q, V, P }) {
      const D = K.shape[2];
      const KQ = nd(["head", "key", "query"], [heads, D, D]);
      const OV = nd(["head", "token"], [heads, D]);
      for (let h = 0; h < heads; h++)
        for (let inner = 0; inner < D; inner++) {
          const row = (h * D + inner) * D;
          for (let a = 0; a < D; a++) {
            OV.data[h * D + a]! += P.data[h * D + inner]! * V.data[row + a]!;
            for (let b = 0; b < D; b++) KQ.data[(h * D + a) * D + b]! += K.data[row + a]! * Q.data[row + b]!;
          }
        }
      return { KQ, OV };
    },
    tensors(tf, { K, Q, V, P }) {
      const D = K.shape[2]!;
      return {
        KQ: tf.matMul(K, Q, true, false) as Tensor3D,
        OV: tf.reshape(tf.matMul(tf.reshape(P, [heads, 1, D]), V), [heads, D]) as Tensor2D,
      };
    },
  };
}

/** The two forms by the name that a study calls them, for mixers that treat them alike. */
export const headForms = { merged: mergedHeads, factored: factoredHeads } as unknown as {
  readonly [form in "merged" | "factored"]: (heads: number, init: InitialWeights) => Heads;
};
