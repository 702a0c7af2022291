import type { Tensor } from "@tensorflow/tfjs-core";
import { uploadPrompts, uploadWeights } from "../backends/upload.js";
import type { Mixer, Prompts, Tensors, Tf, Weights } from "../types.js";

/** tfjs's gradient of the mean squared error by the mixer's `apply`, one array a weight. */
export async function tensorGradient(
  tf: Tf,
  mixer: Mixer,
  weights: Weights,
  prompts: Prompts,
): Promise<Float32Array[]> {
  const names = Object.keys(weights);
  const gradients = tf.tidy(() => {
    const tensors = uploadWeights(tf, weights);
    const uploaded = uploadPrompts(tf, prompts);
    const answer = tf.tensor1d(Float32Array.from(prompts.answer.data));
    return tf.grads((...at: Tensor[]) => {
      const placed = Object.fromEntries(names.map((name, i) => [name, at[i]!])) as Tensors<Weights>;
      return tf.mean(tf.squaredDifference(mixer.apply(tf, placed, uploaded), answer));
    })(names.map((name) => tensors[name]!));
  });
  const data = (await Promise.all(gradients.map((gradient) => gradient.data()))) as Float32Array[];
  for (const gradient of gradients) gradient.dispose();
  return data;
}
