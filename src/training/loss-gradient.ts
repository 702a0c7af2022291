import type { Tensor } from "@tensorflow/tfjs-core";
import { uploadPrompts } from "../backends/upload.js";
import type { Mixer, Prompts, Tensors, Tf, Weights } from "../types.js";
import type { Layout } from "./flat-weights.js";

/**
 * loss = factor * mean over the batch of (prediction - answer)^2, and its gradient, by tfjs's autodiff through the
 * mixer's `apply`. All weights are one flat tensor, so that a step uploads and reads back once. Neither is checked.
 */
export async function lossAndGradient(
  tf: Tf,
  mixer: Mixer,
  layout: Layout,
  weights: Float64Array,
  prompts: Prompts,
  factor: number,
): Promise<{ readonly loss: number; readonly gradient: Float64Array }> {
  const result = tf.tidy(() => {
    const uploaded = uploadPrompts(tf, prompts);
    const answer = tf.tensor1d(new Float32Array(prompts.answer.data));
    const lossOf = (flat: Tensor): Tensor => {
      const placed: { [name: string]: Tensor } = {};
      for (const { name, at, like } of layout.parts)
        placed[name] = tf.reshape(tf.slice(flat, at, like.data.length), [...like.shape]);
      const predictions = mixer.apply(tf, placed as Tensors<Weights>, uploaded);
      return tf.mul(tf.mean(tf.squaredDifference(predictions, answer)), factor);
    };
    const { value, grad } = tf.valueAndGrad(lossOf)(tf.tensor1d(new Float32Array(weights)));
    return tf.concat([tf.reshape(value, [1]), grad]);
  });
  const data = await result.data();
  result.dispose();
  return { loss: data[0]!, gradient: Float64Array.from(data.subarray(1)) };
}
