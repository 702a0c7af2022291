import type { Tensor1D, Tensor2D, Tensor3D } from "@tensorflow/tfjs-core";
import { z } from "zod";
import { less, neg, select } from "../kernels/arithmetic.js";
import { nd } from "../math/nd.js";
import type { Mixer, PredictionProgram, Site, Unit } from "../types.js";
import { forwardOf, forwardRecipe } from "./forward.js";
import { type InitialWeights, initialWeights } from "./initial-weights.js";
import { type Layer, layerTensors, type StackWeights } from "./layer.js";
import { linearLayer } from "./linear-layer.js";
import { softmaxLayer } from "./softmax-layer.js";
import { type FormSize, type StackForm, stackForms } from "./stack-forms.js";
import { tokens } from "./tokens.js";
import { trainedLength } from "./trained-length.js";

/** Written out further, the layers of a deep stack outgrow what V8 optimises, and run twenty times slower. */
const FLOAT64_UNROLL = 4;

/** What is the same for stacks of any layer. */
export interface StackOptions {
  /** How many layers. */
  readonly depth: number;
  /** One layer applied again and again, instead of layers of their own. */
  readonly tied: boolean;
  readonly heads: number;
  /** Trained as KQ and PV, as published code's K, Q, V and P, or in a form of one's own. */
  readonly weights: "merged" | "factored" | ((size: FormSize) => StackForm);
  /** Every update is multiplied by this. */
  readonly damping: number;
  readonly init: InitialWeights;
}

/**
 * A stack of attention layers with a residual stream. Tokens e_j = (x_j, y_j) and e_q = (x_q, 0) of size D = d + 1:
 *
 *   e <- e + damping * update_l(e)  for every token, layers l = 1 .. L;     prediction = -(label of e_q after layer L)
 *
 * where the pairs, not the query, are read, each layer from the stream before it. The minus sign is the papers': with
 * KQ_l = [[A_l, 0], [0, 0]] and PV_l = [[0, 0], [0, -1]] every layer of linear attention takes the step
 * w <- w - A_l^T grad of least squares, labels hold what is left to explain, y_j - w . x_j, and the query's holds
 * 0 - w . x_q. With PV_l = [[-B_l, 0], [0, -1]] the inputs are preconditioned too (GD++). No pairs predict 0.
 * Gauge: (c KQ_h, PV_h / c) in each layer, (M K, M^-T Q) and (M V, P M^-1) in factored weights. The last layer's rows of PV but the label's reach no prediction.
 * Source: Ahn, Cheng, Daneshmand, Sra 2023, Equations 3 and 4 and Lemma 1; von Oswald et al. 2023, Section 3 (looped)
 * and Appendices A.10 (GD++) and A.8 (damping).
 */
export function stack<State>(layer: Layer<State>, options: StackOptions): Mixer {
  const { depth, tied, heads, damping, init } = options;
  const stored = tied ? 1 : depth;
  const formOf = typeof options.weights === "string" ? stackForms[options.weights] : options.weights;
  const form = formOf({ stored, heads, init });
  const program: PredictionProgram = {
    structure: `stack of ${depth}${tied ? " tied" : ""}: ${layer.structure}, ${form.structure}, damping ${damping}`,
    parameters: (features) => form.parameters(features + 1),
    build(parameters, prompt) {
      const own = Array.from({ length: stored }, (_, l) => form.nodes(parameters, l, prompt.features + 1));
      const layers = Array.from({ length: depth }, (_, l) => own[tied ? 0 : l]!);
      const state = layers
        .slice(0, -1)
        .reduce((before, weights) => layer.advance(weights, before, damping), layer.open(prompt));
      const label = layer.label(layers.at(-1)!, state, damping);
      return select(less(prompt.length, 1), 0, neg(label));
    },
  };
  return {
    name: "stack",
    symmetries: [...layer.symmetries, ...(form.symmetries ?? [])],
    init: form.init,
    apply(tf, weights, prompts) {
      const { pairs, query } = tokens(tf, prompts);
      const [batch, context, D] = pairs.shape;
      let stream = tf.concat([pairs, tf.reshape(query, [batch, 1, D])], 1) as Tensor3D;
      const length = tf.reshape(tf.maximum(prompts.length, 1), [batch, 1]) as Tensor2D;
      const products = form.tensors(tf, weights);
      for (let l = 0; l < depth; l++) {
        const own = layerTensors(tf, products, tied ? 0 : l);
        const update = layer.apply(tf, own, { tokens: stream, mask: prompts.mask, length });
        stream = tf.add(stream, tf.mul(update, damping));
      }
      const label = tf.slice(stream, [0, context, D - 1], [batch, 1, 1]);
      return tf.mul(tf.reshape(label, [batch]), -1) as Tensor1D;
    },
    program,
    forward: forwardOf(program, form.names, { unroll: FLOAT64_UNROLL }),
    recipe: forwardRecipe(program, form.names, { unroll: FLOAT64_UNROLL }),
    layers: (weights) => applied(form.merged(weights), depth, damping),
    products: (weights) => inRow(applied(form.merged(weights), depth, damping)),
  };
}

/** The layers as they are applied, with the damping in PV. */
function applied({ KQ, PV }: StackWeights, depth: number, damping: number): StackWeights {
  const [stored, heads, D] = KQ.shape;
  const repeated = (data: ArrayLike<number>, factor: number) =>
    Float64Array.from({ length: depth * heads * D * D }, (_, i) => factor * data[i % (stored * heads * D * D)]!);
  return {
    KQ: nd(KQ.axes, [depth, heads, D, D], repeated(KQ.data, 1)),
    PV: nd(PV.axes, [depth, heads, D, D], repeated(PV.data, damping)),
  };
}

/** The heads of all layers in a row, OV the row of PV that writes the prediction, minus the label. */
function inRow({ KQ, PV }: StackWeights): ReturnType<Mixer["products"]> {
  const [depth, heads, D] = KQ.shape;
  const OV = nd(["head", "token"], [depth * heads, D]);
  for (let h = 0; h < depth * heads; h++)
    for (let a = 0; a < D; a++) OV.data[h * D + a] = -PV.data[((h + 1) * D - 1) * D + a]!;
  return { KQ: nd(["head", "key", "query"], [depth * heads, D, D], Float64Array.from(KQ.data)), OV };
}

const options = z
  .strictObject({
    layer: z.enum(["linear-attention", "softmax-attention"]).default("linear-attention"),
    depth: z.int().min(1).max(64).describe("how many layers, 1 to 64"),
    tied: z.boolean().default(false).describe("one layer applied again and again, instead of layers of their own"),
    heads: z.int().positive().default(1),
    weights: z.enum(["merged", "factored"]).default("merged").describe("train KQ and PV, or K, Q, V and P"),
    normalize: z
      .enum(["own", "trained", "none"])
      .optional()
      .describe("of linear attention: divide by the prompt's own length, by the training length, or not at all"),
    damping: z.number().positive().max(1).default(1).describe("every update is multiplied by this"),
    init: initialWeights.default({ scale: 0.01 }),
  })
  .refine(({ layer, normalize }) => layer === "linear-attention" || normalize === undefined, {
    path: ["normalize"],
    error: "softmax attention has its own weights of sum 1: leave `normalize` out",
  });

type Options = z.infer<typeof options>;

/** The layers by the name that a study calls them. @throws RangeError for `normalize: trained` without one length. */
const layers = {
  "linear-attention": ({ normalize = "own" }, site) =>
    linearLayer(normalize === "own" ? "own" : normalize === "trained" ? trainedLength(site) : 1),
  "softmax-attention": () => softmaxLayer,
} as { readonly [name in Options["layer"]]: (options: Options, site: Site) => Layer<unknown> };

/** Option sets that tests/mixers.contract.test.ts checks; deep ones are damped, as its large random weights explode. */
export const examples: readonly z.input<typeof options>[] = [
  { depth: 1, heads: 2 },
  { depth: 2, damping: 0.25 },
  { depth: 3, tied: true, normalize: "trained", damping: 0.125 },
  { depth: 2, heads: 2, layer: "softmax-attention", damping: 0.5 },
  { depth: 2, heads: 2, weights: "factored", damping: 0.25 },
];

const unit: Unit<Options, Mixer> = {
  name: "stack",
  says: "layers of attention with a residual stream, each its own or one applied again and again",
  options,
  make: (given, site) => stack(layers[given.layer](given, site), given),
};

export default unit;
