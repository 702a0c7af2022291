import { identify } from "../identify/identify.js";
import { identificationSentence } from "../identify/sentence.js";
import { foldIn } from "../math/keys.js";
import type { StudyCell } from "../studies/study.js";
import type { Key, Row, Run } from "../types.js";

/**
 * Columns that say which of the cell's predictors each trained model is, by the model's name: `identified` is a
 * predictor's name, `zero` or `none`, or null where the model diverged or is not finite; with its distance, the
 * distance's error over prompts, and the whole sentence.
 *
 * @param prompts in either half of every law that distances are measured on
 */
export async function identifiedModels(
  { models, predictors, law, context }: StudyCell,
  runs: readonly Run[],
  key: Key,
  prompts: number,
): Promise<ReadonlyMap<string, Row>> {
  const columns = new Map<string, Row>();
  for (const [i, { name, mixer }] of models.entries()) {
    const { status, snapshots } = runs[i]!;
    const weights = snapshots.at(-1)?.weights;
    if (status !== "ok" || !weights) {
      columns.set(name, { ...nothing, identifiedSays: "undefined: its training diverged" });
      continue;
    }
    const at = { law, context, key: foldIn(key, name), prompts };
    const result = await identify((given) => mixer.forward(weights, given), predictors, at);
    const { best, findings, quiet, undefinedOn } = result;
    const named = best?.name ?? (quiet !== null ? "zero" : undefinedOn !== null ? null : "none");
    const nearest = quiet === null ? findings[0] : undefined;
    columns.set(name, {
      identified: named,
      identifiedDistance: nearest?.distance ?? null,
      identifiedError: nearest?.standardError ?? null,
      identifiedSays: identificationSentence(result),
    });
  }
  return columns;
}

const nothing = { identified: null, identifiedDistance: null, identifiedError: null };
