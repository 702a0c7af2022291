import type { Tensor1D, Tensor2D, Tensor3D } from "@tensorflow/tfjs-core";
import { z } from "zod";
import { add, div, exp, less, max, mul, select, stop, sub } from "../kernels/arithmetic.js";
import type { F32, Node } from "../kernels/node.js";
import { foldIn } from "../math/keys.js";
import { nd } from "../math/nd.js";
import type { Mixer, Nd, PredictionProgram, Site, Unit } from "../types.js";
import { forwardOf, forwardRecipe } from "./forward.js";
import { drawWeights, initialWeights } from "./initial-weights.js";

const options = z.strictObject({
  variates: z.int().positive().describe("how many series a window holds, time by time"),
  init: initialWeights.default({ scale: 0.01 }),
});

export type InvertedAttentionOptions = z.infer<typeof options>;

/** Of a window of p times: scores v_j^T KQ v_1, values OV . v_j, and the first variate's own map. */
export type InvertedWeights = {
  readonly KQ: Nd<["head", "key", "query"]>;
  readonly OV: Nd<["head", "token"]>;
  readonly own: Nd<["head", "token"]>;
};

/**
 * Inverted attention: a token is one variate's whole window v_j (p values) of the query, and the first variate asks all d,
 *
 *   prediction = own . v_1 + sum_j p_j OV . v_j,   p_j = exp(s_j) / sum_k exp(s_k),   s_j = v_j^T KQ v_1,   j = 1 .. d
 *
 * with KQ (p x p), OV (p) and own (p), the residual stream and the projection of the paper in one. Tokens have no names: the
 * other variates may change places. Labelled pairs are not read, but for their number: no pairs predict 0, as all mixers do.
 * `products` holds KQ and OV at the first variate's places of a token. Gauge: none but the shift of OV into `own` at d = 1.
 * Source: Liu, Hu, Zhang, Wu, Wang, Ma, Long 2024, Section 3.1, with one layer, one head and no normalisation.
 *
 * @throws RangeError where inputs are not whole windows of so many variates
 */
function invertedAttention({ variates, init }: InvertedAttentionOptions, { features }: Site): Mixer<InvertedWeights> {
  const p = features / variates;
  if (!Number.isInteger(p))
    throw new RangeError(
      `inputs of ${features} entries are not windows of ${variates} variates; allowed: multiples of ${variates}, no constant`,
    );
  const program: PredictionProgram = {
    structure: `inverted attention of ${variates} variates`,
    parameters: () => p * p + 2 * p,
    build(parameters, { query, length }) {
      const tokens = Array.from({ length: variates }, (_, j) =>
        Array.from({ length: p }, (__, t) => query.at(t * variates + j)),
      );
      const KQ = (t: number, s: number) => parameters.at(t * p + s);
      const product = (from: number, token: readonly Node<"f32">[]) =>
        total(token.map((value, t) => mul(parameters.at(from + t), value)));
      const first = tokens[0]!;
      const key = first.map((_, t) => total(first.map((value, s) => mul(KQ(t, s), value))));
      const scores = tokens.map((token) => total(token.map((value, t) => mul(value, key[t]!))));
      const top = stop(scores.reduce<F32>((so, score) => max(so, score), scores[0]!));
      const shares = scores.map((score) => exp(sub(score, top)));
      const read = total(tokens.map((token, j) => mul(shares[j]!, product(p * p, token))));
      const prediction = add(product(p * p + p, first), div(read, total(shares)));
      return select(less(length, 1), 0, prediction);
    },
  };
  const names = ["KQ", "OV", "own"];
  return {
    name: "inverted-attention",
    symmetries: ["context-permutation", "context-rotation"],
    init(key) {
      const draw = (name: string, count: number) => drawWeights(init, foldIn(key, name), count, p);
      return {
        KQ: nd(["head", "key", "query"], [1, p, p], draw("KQ", p * p)),
        OV: nd(["head", "token"], [1, p], draw("OV", p)),
        own: nd(["head", "token"], [1, p], draw("own", p)),
      };
    },
    products(weights) {
      const D = features + 1;
      const KQ = nd(["head", "key", "query"], [1, D, D]);
      const OV = nd(["head", "token"], [1, D]);
      for (let t = 0; t < p; t++) {
        OV.data[t * variates] = weights.OV.data[t]!;
        for (let s = 0; s < p; s++) KQ.data[t * variates * D + s * variates] = weights.KQ.data[t * p + s]!;
      }
      return { KQ, OV };
    },
    apply(tf, weights, { query, length }) {
      const [batch] = query.shape;
      const tokens = tf.transpose(tf.reshape(query, [batch, p, variates]), [0, 2, 1]) as Tensor3D;
      const first = tf.reshape(tf.slice(tokens, [0, 0, 0], [batch, 1, p]), [batch, p]) as Tensor2D;
      const keys = tf.matMul(first, tf.reshape(weights.KQ, [p, p]) as Tensor2D, false, true);
      const scores = tf.reshape(tf.matMul(tokens, tf.expandDims(keys, 2)), [batch, variates]);
      const rows = tf.reshape(tokens, [batch * variates, p]) as Tensor2D;
      const values = tf.reshape(tf.matMul(rows, weights.OV as Tensor2D, false, true), [batch, variates]);
      const own = tf.reshape(tf.matMul(first, weights.own as Tensor2D, false, true), [batch]);
      const read = tf.sum(tf.mul(tf.softmax(scores, 1), values), 1);
      return tf.mul(tf.add(own, read), tf.minimum(length, 1)) as Tensor1D;
    },
    program,
    forward: forwardOf(program, names) as Mixer<InvertedWeights>["forward"],
    recipe: forwardRecipe(program, names) as NonNullable<Mixer<InvertedWeights>["recipe"]>,
  };
}

function total(terms: readonly Node<"f32">[]): Node<"f32"> {
  return terms.reduce((sum, term) => add(sum, term));
}

/** Option sets that tests/mixers.contract.test.ts checks: three variates of one value, one of three. */
export const examples: readonly z.input<typeof options>[] = [{ variates: 3 }, { variates: 1 }];

const inverted: Unit<InvertedAttentionOptions, Mixer> = {
  name: "inverted-attention",
  says: "softmax attention over variates, each with its whole window as one token",
  options,
  make: (chosen, site) => invertedAttention(chosen, site) as unknown as Mixer,
};

export default inverted;
