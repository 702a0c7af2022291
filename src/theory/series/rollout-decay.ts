import type { Autoregression } from "../../laws/autoregressive.js";
import type { ClosedForm } from "../../types.js";
import { gaussianSeriesOnly } from "./series-only.js";

/**
 * How much of the best forecast a rolled-out linear-attention layer still says h steps ahead, in the middle of the
 * prompts: the layer's gain is g = m / (m + 4), and every forecast appended to the prompt is a window without residual,
 * which dilutes the noise's estimate by m / (m + t) after t steps,
 *
 *   |layer| / |best| ~ prod_(t<h) g m / (m + t),
 *
 * faster than exponential. Prompts with a large residual do the opposite: the map is cubic, and they run away.
 * Source: derived from Definition 4.8 of Zhou, Wang, Goel, Zhang 2025.
 */
export const rolloutDecay: ClosedForm<Autoregression, { readonly context: number; readonly horizon: number }> = {
  name: "share of the forecast left in a rollout",
  source: { paper: "Zhou, Wang, Goel, Zhang 2025", where: "Theorem 4.9" },
  kind: "approximation",
  applies: (population) =>
    population.constant ? "with a constant row the layer does not fade" : gaussianSeriesOnly(population),
  value(_, { context: m, horizon }) {
    let share = 1;
    for (let t = 0; t < horizon; t++) share *= (m / (m + 4)) * (m / (m + t));
    return share;
  },
};
