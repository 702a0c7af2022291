import { nd } from "../math/nd.js";
import type { Nd, Weights } from "../types.js";
import type { HeadProducts } from "./query-forms.js";

/** How trained arrays make the products of a layer, and how a slope in the products is one in the arrays. */
export interface LayerWeights<W extends Weights> {
  products(weights: W): HeadProducts;
  /** The chain rule: dR/dweights of dR/dKQ and dR/dOV. */
  pulledBack(weights: W, slope: HeadProducts): W;
}

/** Trained as the products themselves: KQ (head, key, query) and OV (head, token). */
export const mergedWeights: LayerWeights<HeadProducts> = {
  products: (weights) => weights,
  pulledBack: (_, slope) => slope,
};

/** Trained as K, Q, V (head, inner, token) and P (head, inner): KQ_h = K_h^T Q_h and OV_h = V_h^T P_h. */
export type FactoredWeights = {
  readonly K: Nd<["head", "inner", "token"]>;
  readonly Q: Nd<["head", "inner", "token"]>;
  readonly V: Nd<["head", "inner", "token"]>;
  readonly P: Nd<["head", "inner"]>;
};

/**
 * Trained as four factors. With slopes S of KQ and s of OV the chain rule reads, head by head,
 *
 *   dR/dK = Q S^T,   dR/dQ = K S,   dR/dV = P s^T,   dR/dP = V s.
 */
export const factoredWeights: LayerWeights<FactoredWeights> = {
  products({ K, Q, V, P }) {
    const [heads, inner, tokens] = K.shape;
    const KQ = nd(["head", "key", "query"], [heads, tokens, tokens]);
    const OV = nd(["head", "token"], [heads, tokens]);
    for (let h = 0; h < heads; h++)
      for (let i = 0; i < inner; i++)
        for (let a = 0; a < tokens; a++) {
          const row = (h * inner + i) * tokens;
          OV.data[h * tokens + a]! += P.data[h * inner + i]! * V.data[row + a]!;
          for (let b = 0; b < tokens; b++)
            KQ.data[(h * tokens + a) * tokens + b]! += K.data[row + a]! * Q.data[row + b]!;
        }
    return { KQ, OV };
  },
  pulledBack({ K, Q, V, P }, { KQ, OV }) {
    const [heads, inner, tokens] = K.shape;
    const projection = () => nd(["head", "inner", "token"], K.shape);
    const slope = { K: projection(), Q: projection(), V: projection(), P: nd(["head", "inner"], P.shape) };
    for (let h = 0; h < heads; h++)
      for (let i = 0; i < inner; i++)
        for (let a = 0; a < tokens; a++) {
          const row = (h * inner + i) * tokens;
          slope.V.data[row + a] = P.data[h * inner + i]! * OV.data[h * tokens + a]!;
          slope.P.data[h * inner + i]! += V.data[row + a]! * OV.data[h * tokens + a]!;
          for (let b = 0; b < tokens; b++) {
            const entry = KQ.data[(h * tokens + a) * tokens + b]!;
            slope.K.data[row + a]! += Q.data[row + b]! * entry;
            slope.Q.data[row + b]! += K.data[row + a]! * entry;
          }
        }
    return slope;
  },
};
