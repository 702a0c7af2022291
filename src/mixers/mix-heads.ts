import { nd } from "../math/nd.js";
import type { Mixer, Nd, Prompts, Weights } from "../types.js";

/**
 * Attention in plain float64 loops over one prompt at a time, the reference of every attention mixer:
 *   prediction = sum_h mix(scores_h, values_h),  scores_hj = e_j^T KQ_h e_q,  values_hj = OV_h . e_j,
 * for the prompt's own pairs e_j = (x_j, y_j) and the query e_q = (x_q, 0). `mix` must not keep its arguments.
 *
 * @throws RangeError where the labels have more than one output.
 */
export function mixHeads(
  { KQ, OV }: ReturnType<Mixer<Weights>["products"]>,
  { x, y, query, length }: Prompts,
  mix: (scores: Float64Array, values: Float64Array) => number,
): Nd<["batch"]> {
  const [batch, context, d] = x.shape;
  if (y.shape[2] !== 1) throw new RangeError(`attention predicts one label, and these prompts have ${y.shape[2]}`);
  const [heads, D] = OV.shape;
  const predictions = nd(["batch"], [batch]);
  const key = new Float64Array(D);
  const scores = new Float64Array(context);
  const values = new Float64Array(context);
  for (let b = 0; b < batch; b++) {
    const pairs = length?.data[b] ?? context;
    for (let h = 0; h < heads; h++) {
      for (let a = 0; a < D; a++) {
        key[a] = 0;
        for (let c = 0; c < d; c++) key[a]! += KQ.data[(h * D + a) * D + c]! * query.data[b * d + c]!;
      }
      for (let j = 0; j < pairs; j++) {
        const label = y.data[b * context + j]!;
        let score = label * key[d]!;
        let value = label * OV.data[h * D + d]!;
        for (let c = 0; c < d; c++) {
          const input = x.data[(b * context + j) * d + c]!;
          score += input * key[c]!;
          value += input * OV.data[h * D + c]!;
        }
        scores[j] = score;
        values[j] = value;
      }
      predictions.data[b]! += mix(scores.subarray(0, pairs), values.subarray(0, pairs));
    }
  }
  return predictions;
}
