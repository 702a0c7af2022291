import { foldIn, keyOf } from "../../math/keys.js";
import { lengthsColumn } from "../../math/lengths-column.js";
import { parseStudy } from "../../studies/parse-study.js";
import type { StudyCell, StudyModel } from "../../studies/study.js";
import type { Catalogue, Trial } from "../../types.js";
import { type JsonMap, MODEL_NAME, type Settings } from "../state/settings.js";
import { trainSettings } from "../state/train-settings.js";

/** Settings made: what is trained, and the settings with every default in its place. */
export interface Resolved {
  readonly settings: Settings;
  readonly cell: StudyCell;
  readonly model: StudyModel;
  /** What the study says that a page has no place for. */
  readonly leftOut: readonly string[];
}

/**
 * Reads a study as `iclab run` does and takes its first cell and first model.
 *
 * @throws StudyError with line and column; RangeError where it trains nothing
 */
export async function resolve(text: string, catalogue: Catalogue): Promise<Resolved> {
  const study = await parseStudy(text, "study", catalogue);
  const cell = study.cells[0]!;
  const model = cell.models[0];
  if (!model) throw new RangeError("the study trains nothing: it has no `models`");
  const { law, context, models, predictors } = cell.settings as JsonMap;
  const { name: _, train: __, ...options } = (models as readonly JsonMap[])[0]!;
  const settings: Settings = {
    title: study.title,
    law: law as JsonMap,
    context: context!,
    model: { ...options, train: trainSettings(model) },
    predictors: (predictors as readonly JsonMap[]).map(shortened),
  };
  const leftOut = [
    ...(study.cells.length > 1 ? [`${study.cells.length - 1} further cells of its grid`] : []),
    ...(cell.models.length > 1 ? [`${cell.models.length - 1} further models`] : []),
    ...(study.hypotheses.length > 0 ? ["its hypotheses"] : []),
  ];
  return { settings, cell, model, leftOut };
}

/** `{ newton: 3 }` as it is, `{ ridge: {} }` as `ridge`. */
function shortened(predictor: JsonMap): JsonMap | string {
  const [[name, option]] = Object.entries(predictor) as [[string, unknown]];
  const bare =
    option === null || option === undefined || (typeof option === "object" && Object.keys(option).length === 0);
  return bare ? name : predictor;
}

/** The trial that `iclab run --seed` trains of a study with these settings: the same key, and so the same prompts. */
export function trialOf({ cell, model }: Resolved, seed: number): Trial {
  const columns = JSON.stringify({ context: lengthsColumn(cell.context), seed: 0 });
  const key = foldIn(foldIn(foldIn(foldIn(keyOf(seed), "study"), columns), "training"), MODEL_NAME);
  const { mixer, schedule, drawing } = model;
  return { mixer, law: cell.law, context: cell.context, schedule, key, record: [], ...drawing };
}
