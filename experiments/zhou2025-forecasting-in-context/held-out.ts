import type { Autoregression } from "../../src/laws/autoregressive.js";
import type { LsaWeights } from "../../src/theory/series/lsa-risk.js";
import type { Key, Law, Mixer, Snapshot, Weights } from "../../src/types.js";

/** Values of a series, the share of them that is trained on, passes over it, and batches of 512 a pass. */
export const [LENGTH, TRAINED_SHARE, EPOCHS, BATCHES] = [50_000, 0.8, 100, 78];
/** Passes without a better held-out error after which training ends. */
const PATIENCE = 8;

/** One series of the law, as many values as the paper's. */
export function seriesOf(law: Law<Autoregression>, key: Key): Float64Array {
  const { window } = law.population;
  const { x, y, answer } = law.draw(key, { from: 0, count: 1 }, LENGTH - window - 1);
  const values = new Float64Array(LENGTH);
  values.set(x.data.subarray(0, window));
  values.set(y.data, window);
  values[LENGTH - 1] = answer.data[0]!;
  return values;
}

/** What a layer's answers depend on: the output row, and the key-query product's columns of the window. */
export function layerOf(mixer: Mixer, weights: Weights): LsaWeights {
  const { KQ, OV } = mixer.products(weights);
  const D = OV.shape[1];
  return {
    b: [...OV.data],
    A: Array.from({ length: D }, (_, i) => [...KQ.data.subarray(i * D, (i + 1) * D - 1)]),
  };
}

/**
 * Mean squared error of a layer over all windows of the last fifth of a series, each with its m pairs. Windows that
 * follow each other share all tokens but two, so that sum_i h_i h_i^T is moved on and not summed anew.
 */
export function heldOutError({ b, A }: LsaWeights, values: Float64Array, m: number): number {
  const D = b.length;
  const p = D - 1;
  const test = values.subarray(TRAINED_SHARE * values.length);
  const gram = new Float64Array(D * D);
  const move = (start: number, sign: number): void => {
    for (let i = 0; i < D; i++)
      for (let j = 0; j < D; j++) gram[i * D + j]! += sign * test[start + i]! * test[start + j]!;
  };
  for (let i = 0; i < m - 1; i++) move(i, 1);
  const prompts = test.length - m - p;
  let total = 0;
  for (let start = 0; start < prompts; start++) {
    move(start + m - 1, 1);
    let prediction = 0;
    for (let i = 0; i < D; i++) {
      let asked = 0;
      for (let l = 0; l < p; l++) asked += A[i]![l]! * test[start + m + l]!;
      let output = 0;
      for (let a = 0; a < D; a++) output += b[a]! * gram[a * D + i]!;
      prediction += (output / m) * asked;
    }
    total += (prediction - test[start + m + p]!) ** 2;
    move(start, -1);
  }
  return total / prompts;
}

/** The paper's early stopping: ends a trial after eight passes without a better error on what is held out, the test set. */
export function bestSoFar(mixer: Mixer, read: () => Float64Array, m: number): (snapshot: Snapshot) => boolean {
  let values: Float64Array | undefined;
  let [least, since] = [Number.POSITIVE_INFINITY, 0];
  return ({ weights }) => {
    values ??= read();
    const error = heldOutError(layerOf(mixer, weights), values, m);
    since = error < least ? 0 : since + 1;
    least = Math.min(least, error);
    return since >= PATIENCE;
  };
}
