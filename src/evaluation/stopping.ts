import type { Key, Law, Lengths, Nd, Prompts, Snapshot, Trial, Weights } from "../types.js";

/** Prompts on which a stop is decided: the paired difference of two near-equal predictors is known to well under 1 %. */
const PROMPTS = 4096;

/**
 * Ends a trial once its risk is within a share `excess` of an optimum's: mean of (model error - optimum error) over the
 * same held-out prompts <= excess * mean optimum error, at a recorded snapshot.
 */
export function stopAtExcess<W extends Weights>(
  trial: Pick<Trial<W>, "mixer" | "law" | "context">,
  optimum: (prompts: Prompts) => Nd<["batch"]>,
  excess: number,
  key: Key,
): (snapshot: Snapshot<W>) => boolean {
  let heldOut: { readonly prompts: Prompts; readonly best: number } | undefined;
  return (snapshot) => {
    heldOut ??= holdOut(trial.law, trial.context, optimum, key);
    const risk = meanSquaredError(trial.mixer.forward(snapshot.weights, heldOut.prompts), heldOut.prompts);
    return risk - heldOut.best <= excess * heldOut.best;
  };
}

function holdOut(law: Law, context: Lengths, optimum: (prompts: Prompts) => Nd<["batch"]>, key: Key) {
  const prompts = law.draw(key, { from: 0, count: PROMPTS }, context);
  return { prompts, best: meanSquaredError(optimum(prompts), prompts) };
}

function meanSquaredError(predictions: Nd<["batch"]>, prompts: Prompts): number {
  const answers = prompts.answer.data;
  let sum = 0;
  for (let b = 0; b < answers.length; b++) sum += (predictions.data[b]! - answers[b]!) ** 2;
  return sum / answers.length;
}
