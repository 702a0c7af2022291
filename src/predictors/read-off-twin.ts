import { labelRisk, linearTwin } from "../theory/step-moments.js";
import type { Answer, ClosedForm, Lengths, Population } from "../types.js";
import { readOff } from "./read-off.js";

/**
 * The risk of a predictor that is linear in labels and turns with the inputs, by a closed form of linear regression: at the
 * test itself or its twin; without pairs the risk of predicting 0.
 */
export function readOffTwin<At extends { readonly context: Lengths }>(
  form: ClosedForm<Population, At>,
  test: Population,
  at: At,
): Answer {
  const linear = linearTwin(test);
  if (linear) return readOff(form, linear, at);
  return typeof at.context === "number" && at.context <= 0 ? readOff(labelRisk, test, {}) : readOff(form, test, at);
}
