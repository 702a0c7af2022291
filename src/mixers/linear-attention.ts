import type { Tensor1D } from "@tensorflow/tfjs-core";
import { z } from "zod";
import { add, div, max, mul } from "../kernels/arithmetic.js";
import { loop } from "../kernels/loop.js";
import type { F32, Node } from "../kernels/node.js";
import type { Mixer, PredictionProgram, Site, Unit } from "../types.js";
import { forwardOf, forwardRecipe } from "./forward.js";
import { type Heads, headForms } from "./heads.js";
import { initialWeights } from "./initial-weights.js";
import { structuredHead } from "./structured-head.js";
import { against } from "./token-nodes.js";
import { tokens } from "./tokens.js";
import { trainedLength } from "./trained-length.js";

const options = z
  .strictObject({
    weights: z.enum(["merged", "factored"]).default("merged").describe("train KQ and OV, or K, Q, V and P"),
    heads: z.int().positive().default(1),
    normalize: z
      .enum(["own", "trained", "none"])
      .default("own")
      .describe("divide the sum over pairs by the prompt's own length, by the training length, or not at all"),
    init: z
      .union([
        initialWeights,
        z.strictObject({
          structured: z.number().positive().describe("Zhang et al. 2023, Assumption 3.3, with this sigma"),
        }),
      ])
      .default({ scale: 0.01 }),
  })
  .refine(({ init, weights, heads }) => !("structured" in init) || (weights === "merged" && heads === 1), {
    path: ["init"],
    error: "a structured start is of one head with merged weights: leave out `weights` and `heads`",
  });

/** What linear attention can be told: see each field's description. */
export type LinearAttentionOptions = z.infer<typeof options>;

/**
 * Linear attention, tokens e_j = (x_j, y_j) and query e_q = (x_q, 0) of size D = d + 1:
 *
 *   prediction = sum_h OV_h . (1/n) sum_j e_j (e_j^T KQ_h e_q),     KQ_h (D x D), OV_h (D), heads h = 1 .. H
 *
 * with n the prompt's own number of pairs, the number in training, or 1 (`normalize`). No pairs predict 0.
 *
 * Conventions of the papers. There is no minus sign here: von Oswald et al. 2023 (Section 2) and Ahn et al. 2023
 * (Equation 3) read off minus the label's place, so that one of their OV and KQ is the negative of ours. Zhang, Frei,
 * Bartlett 2024 (Section 3.2) divide by n, as `own` does; von Oswald et al. do not divide (`none`), so that 1/n is in
 * their weights. Zhang et al. let the query attend to itself, which adds (OV . e_q)(e_q^T KQ e_q) / n: nothing while
 * the x-part of OV is zero, as it is from their start on. Here the query is never a key. Gauge: (c KQ, OV / c)
 * predict the same, as do (M K, M^-T Q) and (M V, M^-T P) in factored weights.
 *
 * @throws RangeError for `normalize: trained` where training has no single context length.
 */
function linearAttention({ weights, heads: count, normalize, init }: LinearAttentionOptions, site: Site): Mixer {
  const heads: Heads = "structured" in init ? structuredHead(init.structured) : headForms[weights](count, init);
  const trained = normalize === "trained" ? trainedLength(site) : 1;
  const program: PredictionProgram = {
    structure: `linear attention: ${heads.structure}, divided by ${normalize === "own" ? "length" : trained}`,
    parameters: heads.parameters,
    build(parameters, prompt) {
      const each = heads.nodes(parameters, prompt.query);
      const [total] = loop(prompt.pairs, [0], (j, [sum]) => {
        const pair = prompt.pair(j);
        const terms = each.map(({ key, value }) => mul(against(pair, key), against(pair, value)));
        return [terms.reduce<F32>(add, sum as Node<"f32">)];
      });
      return div(total as Node<"f32">, normalize === "own" ? max(prompt.length, 1) : trained);
    },
  };
  return {
    name: "linear-attention",
    symmetries: ["context-permutation", "context-rotation"],
    init: heads.init,
    products: heads.products,
    apply(tf, weights, prompts) {
      const { KQ, OV } = heads.tensors(tf, weights);
      const { pairs, query } = tokens(tf, prompts);
      const [batch, context, D] = pairs.shape;
      const flatPairs = tf.reshape(pairs, [batch * context, D]);
      const keys = tf.reshape(tf.matMul(query, tf.reshape(KQ, [count * D, D]), false, true), [batch, count, D]);
      const values = tf.reshape(tf.matMul(flatPairs, OV, false, true), [batch, context, count]);
      const kept = tf.mul(values, tf.reshape(prompts.mask, [batch, context, 1]));
      const written = tf.matMul(kept, pairs, true, false); // (batch, head, token): sum_j (OV . e_j) e_j
      const divisor = normalize === "own" ? tf.maximum(prompts.length, 1) : tf.scalar(trained);
      return tf.div(tf.sum(tf.mul(written, keys), [1, 2]), divisor) as Tensor1D;
    },
    program,
    forward: forwardOf(program, heads.names),
    recipe: forwardRecipe(program, heads.names),
  };
}

/** Option sets that tests/mixers.contract.test.ts checks. */
export const examples: readonly z.input<typeof options>[] = [
  {},
  { normalize: "trained", heads: 2 },
  { normalize: "none", weights: "factored", init: { varianceScaling: 0.002 } },
  { init: { structured: 0.1 } },
];

/**
 * Linear attention as a study names it: options checked by a schema, then made for a size of problem.
 *
 * @example
 * import { linearRegressionLaw } from "iclab/laws/gaussian-linear";
 * import { keyOf } from "iclab/math/keys";
 * import linearAttention from "iclab/mixers/linear-attention";
 *
 * const mixer = linearAttention.make(linearAttention.options.parse({ heads: 2 }), { features: 3, context: 8 });
 * const weights = mixer.init(keyOf(1), 3);
 * const { KQ, OV } = mixer.products(weights);
 * KQ.shape; // [2, 4, 4]
 * OV.shape; // [2, 4]
 * const prompts = linearRegressionLaw({ features: 3 }).draw(keyOf(2), { from: 0, count: 5 }, 8);
 * mixer.forward(weights, prompts).shape; // [5]
 */
const linear: Unit<LinearAttentionOptions, Mixer> = {
  name: "linear-attention",
  says: "one layer of linear self-attention: scores without a softmax, averaged over the context",
  options,
  make: linearAttention,
};

export default linear;
