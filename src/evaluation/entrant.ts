import type { Answer, Lengths, Mixer, Nd, Population, Predictor, Prompts, Recipe, Weights } from "../types.js";
import type { Predict } from "./squared-errors.js";

/** Anything that answers prompts and is measured beside others on the same ones. */
export interface Entrant {
  readonly name: string;
  readonly kind: "model" | "predictor" | "theory";
  /** Predictions (batch), or null where training diverged: the row then says so and holds no number. */
  predict: Predict | null;
  /** `predict` as data, for prompts of the shape of `like`. Without it everything is measured on this thread. */
  recipe?(like: Prompts): Recipe | undefined;
  /** Of predictions by weighted samples: how many independent draws each prompt's are worth. */
  effectiveSamples?(prompts: Prompts): Nd<["batch"]>;
  /** Its risk in closed form at the test law and context, or the sentence why there is none; null for trained models. */
  readonly exact: Answer | null;
}

/** A trained mixer as an entrant; `weights` null says that its training diverged. */
export function modelEntrant<W extends Weights>(name: string, mixer: Mixer<W>, weights: W | null): Entrant {
  return {
    name,
    kind: "model",
    predict: weights === null ? null : (prompts) => mixer.forward(weights, prompts),
    recipe: (like) => (weights === null ? undefined : mixer.recipe?.(weights, like)),
    exact: null,
  };
}

/** A predictor tuned at `training` (or at the test where it is `retuned`) and read off at `test`. */
export function predictorEntrant<P extends Population>(
  predictor: Predictor<P>,
  training: { readonly population: P; readonly context: Lengths },
  test: { readonly population: P; readonly context: Lengths },
): Entrant {
  const at = predictor.retuned ? test : training;
  const tuned = predictor.tune(at.population, at.context);
  const exact: Answer =
    typeof test.context === "number"
      ? tuned.risk(test.population, test.context)
      : { why: "closed forms are read off at one context length, not at a distribution of lengths" };
  const { name, kind } = predictor;
  const { effectiveSamples } = tuned;
  return {
    ...{ name, kind, predict: (prompts) => tuned.predict(prompts), recipe: () => tuned.recipe, exact },
    ...(effectiveSamples && { effectiveSamples }),
  };
}
