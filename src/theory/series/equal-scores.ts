import type { VectorAutoregression } from "../../laws/vector-autoregressive.js";
import { transpose } from "../../math/matrix.js";
import { solve } from "../../math/solve.js";
import type { ClosedForm, Rows } from "../../types.js";
import { bestVectorWeights, lagCovariances, vectorLinearRisk, vectorSeriesOnly } from "./vector-risk.js";

/**
 * Weights of the best linear prediction of the first variate that treats all other variates alike, oldest time first: p
 * weights for its own window and p that the others share. With C the 0-1 map from these 2 p to all p d weights, G the
 * window's second moments and b the best weights, they solve C^T G C v = C^T G b.
 *
 * It is what attention over variates computes where all scores are equal: prediction = own . v_1 + OV . (mean of v_j), with
 * OV = d times the shared weights and own = the first variate's less the shared ones.
 */
export function equalScoreWeights(population: VectorAutoregression): readonly number[] {
  const { matrix, window } = population;
  const d = matrix.length;
  const best = bestVectorWeights(population);
  const moments = windowMoments(population);
  const group = (i: number) => Math.floor(i / d) + (i % d === 0 ? 0 : window);
  const size = d === 1 ? window : 2 * window;
  const left = Array.from({ length: size }, () => new Array<number>(size).fill(0));
  const right = Array.from({ length: size }, () => [0]);
  for (const [i, row] of moments.entries())
    for (const [j, moment] of row.entries()) {
      left[group(i)]![group(j)]! += moment;
      right[group(i)]![0]! += moment * best[j]!;
    }
  const shared = solve(left, right);
  const weights = moments.map((_, i) => shared[group(i)]![0]!);
  return population.constant ? [...weights, 0] : weights;
}

/**
 * Risk of the best attention over variates whose scores are equal: an upper bound on the best attention's. It is the best
 * linear risk exactly where the other variates act alike on the first, and its own past's where they cancel.
 * Source: Liu, Hu, Zhang, Wu, Wang, Ma, Long 2024, Section 3.1 (tokens without names); derived.
 */
export const equalScoreRisk: ClosedForm<VectorAutoregression, object> = {
  name: "risk of attention over variates with equal scores",
  source: { paper: "Liu, Hu, Zhang, Wu, Wang, Ma, Long 2024", where: "Section 3" },
  kind: "upper-bound",
  applies: vectorSeriesOnly,
  value: (population) => vectorLinearRisk.value(population, { weights: equalScoreWeights(population) }),
};

/** Second moments of a window: d variates a time, oldest first. */
function windowMoments(population: VectorAutoregression): Rows {
  const { matrix, window } = population;
  const d = matrix.length;
  const lags = lagCovariances(population, window);
  const block = (s: number, t: number) => (s >= t ? lags[s - t]! : transpose(lags[t - s]!));
  return Array.from({ length: d * window }, (_, i) =>
    Array.from({ length: d * window }, (__, j) => block(Math.floor(i / d), Math.floor(j / d))[i % d]![j % d]!),
  );
}
