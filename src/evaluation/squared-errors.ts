import type { Nd, Prompts } from "../types.js";
import { integratedErrors, type QueryMoments } from "./query-integral.js";

export type Predict = (prompts: Prompts) => Nd<["batch"]>;

/** Over what errors are integrated: for which entrants, and the tasks of the prompts (batch, feature). */
export interface Integrated extends QueryMoments {
  readonly linear: readonly boolean[];
  readonly tasks: Nd<["batch", "feature"]>;
}

/**
 * (prediction - y_query)^2 as (prompt, entrant), row-major; 0 for an entrant that predicts nothing. Where `integrated` says
 * that an entrant is linear in the query it is the mean over the query and its label, the rest of the prompt given.
 */
export function squaredErrors(
  prompts: Prompts,
  predicts: readonly (Predict | null)[],
  integrated: Integrated | null = null,
): Float64Array {
  const answers = prompts.answer.data;
  const errors = new Float64Array(answers.length * predicts.length);
  for (const [i, predict] of predicts.entries()) {
    if (predict === null) continue;
    if (integrated?.linear[i]) {
      const means = integratedErrors(prompts, predict, integrated.tasks, integrated);
      for (let b = 0; b < means.length; b++) errors[b * predicts.length + i] = means[b]!;
      continue;
    }
    const predictions = predict(prompts).data;
    for (let b = 0; b < answers.length; b++) errors[b * predicts.length + i] = (predictions[b]! - answers[b]!) ** 2;
  }
  return errors;
}
