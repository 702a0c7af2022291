import type { Tensor2D, Tensor3D, Tensor4D } from "@tensorflow/tfjs-core";
import type { F32, U32 } from "../kernels/node.js";
import type { Nd, PromptNodes, Symmetry, Tf } from "../types.js";

/** Weights of a stack: `layer` counts 1 where all layers are one (tied), else the depth. PV_h writes a whole token. */
export type StackWeights = {
  readonly KQ: Nd<["layer", "head", "key", "query"]>;
  readonly PV: Nd<["layer", "head", "out", "token"]>;
};

/** The residual stream on a backend: tokens (batch, context + 1, D), the query's last; which pairs are no padding. */
export interface StreamTensors {
  readonly tokens: Tensor3D;
  /** 1 for a labelled pair, 0 for padding: (batch, context). The query is never a key. */
  readonly mask: Tensor2D;
  /** Number of labelled pairs, at least 1: (batch). */
  readonly length: Tensor2D;
}

/** One layer's weights in the kernel language: entries of KQ_h and PV_h. */
export interface LayerNodes {
  readonly heads: number;
  KQ(head: number, key: U32, query: U32): F32;
  PV(head: number, out: U32, token: U32): F32;
}

/**
 * One layer of a stack: what the pairs e_j tell a token e of the residual stream,
 *
 *   update(e) = sum_h PV_h (mean of e_j over the context, weighted by the scores e_j^T KQ_h e),    KQ_h, PV_h: D x D
 *
 * written twice. In the kernel language the stream has whatever form `State` suits the layer.
 */
export interface Layer<State> {
  /** Equal structures are one text. */
  readonly structure: string;
  readonly symmetries: readonly Symmetry[];
  /** The update of every token of the stream, (batch, context + 1, D), by weights KQ and PV (head, D, D). */
  apply(tf: Tf, weights: { readonly KQ: Tensor3D; readonly PV: Tensor3D }, stream: StreamTensors): Tensor3D;
  /** The stream before the first layer: pairs (x_j, y_j) and the query (x_q, 0). */
  open(prompt: PromptNodes): State;
  /** The stream after a layer whose updates are multiplied by `damping`. */
  advance(weights: LayerNodes, state: State, damping: number): State;
  /** The query's label after a last layer: all that is read of it. */
  label(weights: LayerNodes, state: State, damping: number): F32;
}

/** Layer l of stacked weights as tensors (head, D, D). */
export function layerTensors(tf: Tf, weights: { readonly KQ: Tensor4D; readonly PV: Tensor4D }, l: number) {
  const of = (all: Tensor4D): Tensor3D => {
    const [, heads, D] = all.shape;
    return tf.reshape(tf.slice(all, [l, 0, 0, 0], [1, heads, D, D]), [heads, D, D]);
  };
  return { KQ: of(weights.KQ), PV: of(weights.PV) };
}
