import type { Tensor } from "@tensorflow/tfjs-core";
import type { Nd, Prompts, TensorPrompts, Tensors, Tf, Weights } from "../types.js";

const float32 = ({ data }: Nd): Float32Array => (data instanceof Float32Array ? data : new Float32Array(data));

/**
 * Prompts as tensors, rounded to float32. Without pairs (context 0) they get one masked pair of zeros, because tfjs's
 * kernels do not take empty tensors everywhere. The caller disposes of them.
 *
 * @throws RangeError where the labels have more than one output.
 */
export function uploadPrompts(tf: Tf, { x, y, query, length }: Prompts): TensorPrompts {
  const [batch, context, features] = x.shape;
  if (y.shape[2] !== 1) throw new RangeError(`a mixer predicts one label, and these prompts have ${y.shape[2]}`);
  const width = Math.max(context, 1);
  const lengths = length ? float32(length) : new Float32Array(batch).fill(context);
  const mask = new Float32Array(batch * width);
  lengths.forEach((pairs, b) => {
    mask.fill(1, b * width, b * width + Math.min(pairs, width));
  });
  return {
    x: context === 0 ? tf.zeros([batch, 1, features]) : tf.tensor3d(float32(x), [batch, context, features]),
    y: context === 0 ? tf.zeros([batch, 1]) : tf.tensor2d(float32(y), [batch, context]),
    query: tf.tensor2d(float32(query), [batch, features]),
    mask: tf.tensor2d(mask, [batch, width]),
    length: tf.tensor1d(lengths),
  };
}

/** Weights as tensors, rounded to float32. The caller disposes of them. */
export function uploadWeights<W extends Weights>(tf: Tf, weights: W): Tensors<W> {
  const tensors: { [name: string]: Tensor } = {};
  for (const [name, weight] of Object.entries(weights)) tensors[name] = tf.tensor(float32(weight), [...weight.shape]);
  return tensors as Tensors<W>;
}
