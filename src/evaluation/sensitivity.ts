import type { Nd, Prompts } from "../types.js";

/** Cube root of the double roundoff: balances the truncation and the rounding of a central difference. */
const STEP = 6e-6;

/**
 * How a prediction answers to its query, dy/dx_query, by central differences in float64: (batch, feature).
 * Exact up to roundoff / STEP for predictions that are linear in the query (linear attention, every GD step);
 * for a softmax head the truncation is STEP^2 times the third derivative.
 */
export function sensitivity(predict: (prompts: Prompts) => Nd<["batch"]>, prompts: Prompts): Nd<["batch", "feature"]> {
  const [batch, features] = prompts.query.shape;
  const data = new Float64Array(batch * features);
  for (let i = 0; i < features; i++) {
    const [above, below] = [STEP, -STEP].map((step) => predict(nudged(prompts, i, step)).data);
    for (let b = 0; b < batch; b++) data[b * features + i] = (above![b]! - below![b]!) / (2 * STEP);
  }
  return { axes: ["batch", "feature"], shape: [batch, features], data };
}

function nudged(prompts: Prompts, feature: number, step: number): Prompts {
  const [batch, features] = prompts.query.shape;
  const data = Float64Array.from(prompts.query.data);
  for (let b = 0; b < batch; b++) data[b * features + feature]! += step;
  return { ...prompts, query: { ...prompts.query, data } };
}
