import type { Nd, Prompts } from "../types.js";

export type Predict = (prompts: Prompts) => Nd<["batch"]>;

/** (prediction - y_query)^2 as (prompt, entrant), row-major; 0 for an entrant that predicts nothing. */
export function squaredErrors(prompts: Prompts, predicts: readonly (Predict | null)[]): Float64Array {
  const answers = prompts.answer.data;
  const errors = new Float64Array(answers.length * predicts.length);
  for (const [i, predict] of predicts.entries()) {
    if (predict === null) continue;
    const predictions = predict(prompts).data;
    for (let b = 0; b < answers.length; b++) errors[b * predicts.length + i] = (predictions[b]! - answers[b]!) ** 2;
  }
  return errors;
}
