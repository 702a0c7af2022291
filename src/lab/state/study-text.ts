import { stringify } from "yaml";
import { MODEL_NAME, type Settings } from "./settings.js";

/** Prompts that the study is measured on, and on which it is told which predictor the model is. */
const [PROMPTS, IDENTIFY] = [20_000, 500];

/**
 * The study that `iclab run` takes. With `--seed` as in the lab it trains the same weights: keys are folded from the seed,
 * the cell's context and the model's name.
 *
 * @param notes lines of comment above it
 */
export function studyText({ title, law, context, model, predictors }: Settings, notes: readonly string[] = []): string {
  const { mixer, train, ...options } = model;
  const study = {
    title,
    law,
    context,
    models: [{ name: MODEL_NAME, mixer, ...options, train }],
    ...(predictors.length > 0 && { predictors }),
    evaluate: { prompts: PROMPTS },
    ...(predictors.length > 0 && { identify: { prompts: IDENTIFY } }),
    seeds: 1,
  };
  const comments = notes.map((note) => `# ${note}\n`).join("");
  return comments + stringify(study, { lineWidth: 100, collectionStyle: "any" });
}
