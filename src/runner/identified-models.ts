import { type Finding, identify } from "../identify/identify.js";
import { identificationSentence } from "../identify/sentence.js";
import { foldIn } from "../math/keys.js";
import type { StudyCell } from "../studies/study.js";
import type { Key, Row, Run } from "../types.js";

/**
 * Columns that say which of the cell's predictors each trained model is, by the model's name: `identified` is a
 * predictor's name, `zero` or `none`, or null where the model diverged or is not finite; with the nearest's distance, the
 * distance's error over prompts and by what its constant was multiplied, and the whole sentence. Of a model that is a
 * predictor also the next one (`identifiedNext…`) and, in `identifiedAlike`, those that cannot be told apart from it.
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
    const { best, findings, alike, quiet, undefinedOn } = result;
    const named = best?.name ?? (quiet !== null ? "zero" : undefinedOn !== null ? null : "none");
    const nearest = quiet === null ? findings[0] : undefined;
    const next = best === null ? undefined : findings.find((each) => each !== best && !alike.includes(each.name));
    columns.set(name, {
      identified: named,
      ...numbersOf("identified", nearest),
      identifiedNext: next?.name ?? null,
      ...numbersOf("identifiedNext", next),
      identifiedAlike: best === null ? null : alike.join(", "),
      identifiedSays: identificationSentence(result),
    });
  }
  return columns;
}

const nothing = { identified: null, ...numbersOf("identified", undefined) };

function numbersOf(column: string, finding: Finding | undefined): Row {
  return {
    [`${column}Distance`]: finding?.distance ?? null,
    [`${column}Error`]: finding?.standardError ?? null,
    [`${column}Constant`]: finding?.gain ?? null,
  };
}
