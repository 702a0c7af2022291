import type { Tensor2D, Tensor3D } from "@tensorflow/tfjs-core";
import type { TensorPrompts, Tf } from "../types.js";

/**
 * A prompt as attention reads it: pairs e_j = (x_j, y_j), shape (batch, context, D), and the query e_q = (x_q, 0),
 * shape (batch, D), with D = d + 1. The label's place in the query is empty, so column D of KQ is never used.
 */
export function tokens(tf: Tf, { x, y, query }: TensorPrompts): { readonly pairs: Tensor3D; readonly query: Tensor2D } {
  const [batch, context] = y.shape;
  return {
    pairs: tf.concat([x, tf.reshape(y, [batch, context, 1])], 2) as Tensor3D,
    query: tf.concat([query, tf.zeros([batch, 1])], 1) as Tensor2D,
  };
}
