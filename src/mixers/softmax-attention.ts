import type { Tensor1D } from "@tensorflow/tfjs-core";
import { z } from "zod";
import { add, div, exp, less, max, mul, select, stop, sub } from "../kernels/arithmetic.js";
import { loop } from "../kernels/loop.js";
import type { F32, Node } from "../kernels/node.js";
import { keep, type Vector } from "../kernels/vector.js";
import type { Mixer, PredictionProgram, PromptNodes, Unit } from "../types.js";
import { forwardOf, forwardRecipe } from "./forward.js";
import type { HeadNodes } from "./head-nodes.js";
import { headForms } from "./heads.js";
import { initialWeights } from "./initial-weights.js";
import { scaledHeads } from "./scaled-heads.js";
import { LOWEST, PADDING } from "./softmax-bounds.js";
import { against, type TokenNodes } from "./token-nodes.js";
import { tokens } from "./tokens.js";

const options = z.strictObject({
  heads: z.int().positive().default(1),
  weights: z.enum(["merged", "factored"]).default("merged").describe("train KQ and OV, or K, Q, V and P"),
  scale: z
    .enum(["none", "root-token"])
    .default("none")
    .describe("multiply the scores by 1 / sqrt(d + 1), or leave them as they are"),
  sink: z.literal("query").optional().describe("the query is a key too, whose share of the softmax is read by nobody"),
  init: initialWeights.default({ scale: 0.01 }),
});

/** What softmax attention can be told: see each field's description. */
export type SoftmaxAttentionOptions = z.infer<typeof options>;

const scales = { none: () => 1, "root-token": (D: number) => 1 / Math.sqrt(D) } as const;

/**
 * Multi-head softmax attention, tokens e_j = (x_j, y_j) and query e_q = (x_q, 0) of size D = d + 1:
 *
 *   prediction = sum_h sum_j p_hj OV_h . e_j,   p_hj = exp(s_hj) / sum_k exp(s_hk),   s_hj = scale e_j^T KQ_h e_q
 *
 * with KQ_h (D x D), OV_h (D), heads h = 1 .. H and scale 1 or 1 / sqrt(D). The largest score is subtracted before
 * exponentials are taken. The query is no key of its own, there is no residual and no bias, and no pairs predict 0.
 * He, Pan, Chen, Yang 2025 train `weights: factored`, `scale: root-token`, `init: { uniform: fan-in }` (O_h is P);
 * von Oswald et al. 2023, Appendix A.9, do not scale. With `sink: query` the sum over k has exp(scale e_q^T KQ_h e_q) too, as
 * in the code of Zhou et al. 2025, which masks the query after the softmax. `products` has the scale in KQ. Gauge: none in
 * merged weights but the unused column D of KQ; (M K, M^-T Q) and (M V, M^-T P) in factored ones.
 */
function softmaxAttention({ heads: count, weights, scale, sink, init }: SoftmaxAttentionOptions): Mixer {
  const heads = scaledHeads(headForms[weights](count, init), scale, scales[scale]);
  const program: PredictionProgram = {
    structure: `softmax attention: ${heads.structure}${sink ? ", query as sink" : ""}`,
    parameters: heads.parameters,
    build: (parameters, prompt) => softmaxMeans(heads.nodes(parameters, prompt.query), prompt, sink !== undefined),
  };
  return {
    name: "softmax-attention",
    symmetries: ["context-permutation"],
    init: heads.init,
    products: heads.products,
    apply(tf, weights, prompts) {
      const { KQ, OV } = heads.tensors(tf, weights);
      const { pairs, query } = tokens(tf, prompts);
      const [batch, context, D] = pairs.shape;
      const flatPairs = tf.reshape(pairs, [batch * context, D]);
      const keys = tf.reshape(tf.matMul(query, tf.reshape(KQ, [count * D, D]), false, true), [batch, count, D]);
      const mask = tf.reshape(prompts.mask, [batch, 1, context]);
      const scores = tf.where(tf.greater(mask, 0), tf.matMul(keys, pairs, false, true), PADDING);
      const own = tf.sum(tf.mul(keys, tf.expandDims(query, 1)), 2, true); // (batch, head, 1)
      const all = sink ? tf.softmax(tf.concat([scores, own], 2), 2) : tf.softmax(scores, 2);
      // (batch, head, pair); the mask makes no pairs predict 0
      const shares = tf.mul(tf.slice(all, [0, 0, 0], [batch, count, context]), mask);
      const values = tf.reshape(tf.matMul(flatPairs, OV, false, true), [batch, context, count]);
      return tf.sum(tf.mul(shares, tf.transpose(values, [0, 2, 1])), [1, 2]) as Tensor1D;
    },
    program,
    forward: forwardOf(program, heads.names),
    recipe: forwardRecipe(program, heads.names),
  };
}

/**
 * The sum over heads of the mean of the values, each weighted by the exponential of its score less the largest; 0 for
 * no pairs. The largest is held constant by the gradient, as it cancels.
 */
function softmaxMeans(
  each: readonly HeadNodes[],
  { pairs, pair, length, query }: PromptNodes,
  sink: boolean,
): Node<"f32"> {
  const kept = keep(pairs, (j) => {
    const { x, y } = pair(j);
    return [x, y];
  });
  const token = (j: Node<"u32">): TokenNodes => {
    const [x, y] = kept(j) as [Vector, Node<"f32">];
    return { x, y };
  };
  const asked = each.map(({ key }) => against({ x: query, y: 0 }, key));
  const start = each.map((_, h) => (sink ? asked[h]! : LOWEST));
  const largest = loop(pairs, start, (j, tops) => {
    const e = token(j);
    return each.map(({ key }, h) => max(tops[h] as F32, against(e, key)));
  }).map(stop);
  const sums = loop(
    pairs,
    each.flatMap((_, h) => [sink ? exp(sub(asked[h]!, largest[h] as F32)) : 0, 0]),
    (j, sums) => {
      const e = token(j);
      return each.flatMap(({ key, value }, h) => {
        const weight = exp(sub(against(e, key), largest[h] as F32));
        const weighted = mul(weight, against(e, value));
        return [add(sums[2 * h] as F32, weight), add(sums[2 * h + 1] as F32, weighted)];
      });
    },
  );
  const empty = less(length, 1);
  return each
    .map((_, h) => div(sums[2 * h + 1] as F32, select(empty, 1, sums[2 * h] as F32)))
    .reduce((total, mean) => add(total, mean));
}

/** Option sets that tests/mixers.contract.test.ts checks. */
export const examples: readonly z.input<typeof options>[] = [
  {},
  { heads: 2, scale: "root-token" },
  { heads: 2, weights: "factored", scale: "root-token", init: { uniform: "fan-in" } },
  { heads: 2, sink: "query" },
];

/**
 * Softmax attention as a study names it.
 *
 * @example
 * import softmaxAttention from "iclab/mixers/softmax-attention";
 *
 * const { options, make } = softmaxAttention;
 * make(options.parse({ heads: 2 }), { features: 3, context: 8 }).symmetries; // ["context-permutation"]
 * options.safeParse({ haeds: 2 }).success; // false
 */
const softmax: Unit<SoftmaxAttentionOptions, Mixer> = {
  name: "softmax-attention",
  says: "one layer of multi-head softmax self-attention",
  options,
  make: softmaxAttention,
};

export default softmax;
