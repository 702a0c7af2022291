import { gramProgram } from "../laws/gram-program.js";
import type { Law, Site } from "../types.js";
import type { Resolving } from "./resolving.js";
import type { StudyModel } from "./study.js";
import { drawingOf, recordOf, scheduleOf } from "./train-field.js";
import type { Json } from "./yaml-document.js";

/** What an excess to stop at is measured from. */
const OPTIMUM = "lsa-optimum";

/** The i-th model with its mixer made, and its settings with every default. @throws StudyError for what cannot be */
export function resolveModel(
  { catalogue, maker, point, frame, document }: Resolving,
  i: number,
  site: Site,
  law: Law,
): { readonly model: StudyModel; readonly settings: Json } {
  const { name, mixer, train, ...options } = frame.models![i]!;
  const path = ["models", i];
  const besides = ["name", "mixer", "train"];
  const naming = {
    what: "mixer",
    name: mixer,
    named: [...path, "mixer"],
    isKey: false,
    options: options as Json,
    path,
    besides,
  };
  const made = maker.make(catalogue.mixers, naming, () => site, point);
  const [schedule, record, until] = [scheduleOf(train), recordOf(train), train.until?.excess ?? null];
  if (until !== null) {
    const known = catalogue.predictors.get(OPTIMUM)?.make({}, site).applies(law.population);
    if (known !== true)
      document.fail(point.written([...path, "train", "until"]), `this law has no known optimum to stop at: ${known}`);
  }
  const drawing = drawingOf(train);
  const text = drawing.prompts === "gram" ? gramProgram(law, made.value, site.context) : law.program;
  if (typeof text === "string") document.fail(point.written([...path, "train", "prompts"]), text);
  const settings = {
    name,
    mixer,
    ...(made.options as object),
    ...made.identity,
    train: { ...schedule, until, record, ...drawing },
  };
  return {
    model: { name, mixer: made.value, schedule, until, record, drawing },
    settings: settings as unknown as Json,
  };
}
