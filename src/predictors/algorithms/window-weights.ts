import { nd } from "../../math/nd.js";
import type { Tuned } from "../../types.js";
import { algorithm } from "../algorithm.js";
import { dot } from "../each-prompt.js";

interface Constants {
  /** One weight an entry of the query, oldest value first. */
  readonly weights: readonly number[];
}

/** a . x_query with the same weights in every prompt. It reads no pairs, and predicts without any. */
export function restore({ weights }: Constants): Tuned["predict"] {
  return ({ query, y }) => {
    const [batch, d] = query.shape;
    if (y.shape[2] !== 1) throw new RangeError(`predictors predict one label, not ${y.shape[2]}`);
    if (d !== weights.length) throw new RangeError(`${weights.length} weights do not fit a window of ${d} entries`);
    const predictions = nd(["batch"], [batch]);
    for (let b = 0; b < batch; b++) predictions.data[b] = dot(weights, query.data.subarray(b * d, (b + 1) * d));
    return predictions;
  };
}

export const windowWeights = algorithm(import.meta.url, restore);
