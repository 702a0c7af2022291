import { type Autoregression, autocovariancesOf } from "../../laws/autoregressive.js";
import type { ClosedForm, Lengths, Rows } from "../../types.js";
import { type LsaMoments, lsaMoments } from "./lsa-moments.js";
import { gaussianSeriesOnly } from "./series-only.js";

/** The weights of one linear-attention layer that its answer depends on: y = sum_ab,l b_a A_bl G_ab z_l. */
export interface LsaWeights {
  /** The output row, p + 1 entries. */
  readonly b: readonly number[];
  /** The key-query product's columns of the window, (p + 1) x p. */
  readonly A: Rows;
}

/** A layer and the number of pairs at which it is tested. */
export interface AtLsaWeights extends LsaWeights {
  readonly context: number;
}

/** Most pairs for which moments are summed: their cost grows with the square. */
export const MOST_PAIRS = 2048;

/**
 * Exact risk of one layer of linear attention on a stationary Gaussian series, in units of the series squared:
 *
 *   E (sum b_a A_bl G_ab z_l - x_(m+p))^2,   G = (1/m) sum_i h_i h_i^T
 *
 * by the moments of lsa-moments.ts: sixth moments of the series, by Isserlis.
 * Source: Zhou, Wang, Goel, Zhang 2025, Theorem 4.4, whose matrices these moments are.
 */
export const seriesLsaRisk: ClosedForm<Autoregression, AtLsaWeights> = {
  name: "risk of a linear-attention layer on a series",
  source: { paper: "Zhou, Wang, Goel, Zhang 2025", where: "Theorem 4.4" },
  kind: "exact",
  applies: (population, { context }) => hasLsaMoments(population, context),
  value(population, { b, A, context }) {
    const [gamma0] = autocovariancesOf(population, 0) as [number];
    if (context === 0) return gamma0;
    const { cross, second } = momentsOf(population, context);
    const entries = [...A.entries()].flatMap(([i, row]) => row.map((weight, l) => ({ i, l, weight })));
    let [shared, spread] = [0, 0];
    for (const [a, left] of b.entries())
      for (const { i, l, weight } of entries) {
        shared += left * weight * cross(a, i, l);
        for (const [c, right] of b.entries())
          for (const other of entries)
            spread += left * weight * right * other.weight * second(a, i, l, c, other.i, other.l);
      }
    return gamma0 - 2 * shared + spread;
  },
};

/** Whether the layer's moments are summed at this many pairs: true, or the sentence why not. */
export function hasLsaMoments(population: Autoregression, context: number): true | string {
  const gaussian = gaussianSeriesOnly(population);
  if (gaussian !== true) return gaussian;
  if (population.constant)
    return "with a constant row the layer is linear in its window, and its optimum is best-linear";
  return context <= MOST_PAIRS || `moments are summed up to ${MOST_PAIRS} pairs, not to ${context}`;
}

/**
 * The layer's moments at m pairs; at lengths that vary, their mean over the lengths. A prompt without pairs has features 0.
 *
 * @throws RangeError for longer prompts than moments are summed for
 */
export function momentsOf(population: Autoregression, context: Lengths): LsaMoments {
  const [least, most] = typeof context === "number" ? [context, context] : context.uniform;
  if (most > MOST_PAIRS) throw new RangeError(`moments are summed up to ${MOST_PAIRS} pairs, not to ${most}`);
  const gamma = autocovariancesOf(population, most + population.window);
  const lengths = Array.from({ length: most - least + 1 }, (_, i) => least + i);
  const each = lengths.filter((m) => m > 0).map((m) => lsaMoments(gamma, m, population.window));
  const mean = (value: (moments: LsaMoments) => number) =>
    each.reduce((sum, moments) => sum + value(moments), 0) / lengths.length;
  return {
    cross: (...at) => mean((moments) => moments.cross(...at)),
    second: (...at) => mean((moments) => moments.second(...at)),
  };
}
