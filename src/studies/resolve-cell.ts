import { lengthsColumn } from "../math/lengths-column.js";
import type { Law, Lengths, Predictor, Row } from "../types.js";
import { resolveModel } from "./resolve-model.js";
import { resolvePredictor } from "./resolve-predictor.js";
import { resolveTests } from "./resolve-tests.js";
import { LARGEST, lawSettings, lengths, makeLaw, type Resolving } from "./resolving.js";
import type { StudyCell, StudyModel } from "./study.js";
import type { Json, Path } from "./yaml-document.js";

/** Of each law in either half, where `identify` is true. */
const IDENTIFY_PROMPTS = 500;

/** A point of the grid with its units made. @throws StudyError for what contradicts itself or is too large */
export function resolveCell(resolving: Resolving): StudyCell {
  const { point, frame } = resolving;
  const { kind, ...options } = frame.law;
  const law = makeLaw(resolving, kind, options as Json, ["law"], frame.context, ["context"]);
  const context = lengths(resolving, frame.context, law.value.features, ["context"]);
  const site = { features: law.value.features, context };
  const models = (frame.models ?? []).map((_, i) => resolveModel(resolving, i, site, law.value));
  const predictors = (frame.predictors ?? []).map((_, i) => resolvePredictor(resolving, i, site, law.value));
  refuseTwins(resolving, models, predictors);
  const tests = resolveTests(resolving, law, kind, context);
  refuseShort(resolving, law.value, context, ["context"]);
  const tested = frame.evaluate.context === "same" ? ["context"] : ["evaluate", "context"];
  for (const test of tests) refuseShort(resolving, test.law, test.context, tested);
  for (const place of [context, ...tests.map((test) => test.context)])
    refuseLarge(resolving, place, law.value.features);
  const identify = frame.identify === true ? IDENTIFY_PROMPTS : (frame.identify?.prompts ?? null);
  if (identify !== null && (models.length === 0 || predictors.length === 0))
    resolving.document.fail(
      ["identify"],
      "`identify` tells which of the `predictors` each of the `models` is: name both",
    );
  return {
    columns: { context: lengthsColumn(context), ...withoutContext(point.columns) },
    law: law.value,
    context,
    models: models.map(({ model }) => model),
    predictors: predictors.map(({ predictor }) => predictor),
    tests: tests.map(({ settings: _, ...test }) => test),
    prompts: frame.evaluate.prompts,
    query: frame.evaluate.query,
    identify,
    settings: {
      law: { kind, ...lawSettings(law) },
      context: context as Json,
      models: models.map(({ settings }) => settings),
      predictors: predictors.map(({ settings }) => settings),
      tests: tests.map(({ settings }) => settings),
      prompts: frame.evaluate.prompts,
      // A study that does not ask has the identity it always had.
      ...(identify !== null && { identify }),
      ...(frame.evaluate.query === "integrated" && { query: frame.evaluate.query }),
    },
  };
}

/** Two rows of one name could not be told apart. */
function refuseTwins(
  { document }: Resolving,
  models: readonly { readonly model: StudyModel }[],
  predictors: readonly { readonly predictor: Predictor }[],
): void {
  const seen = new Map<string, Path>();
  const rows = [
    ...models.map(({ model }, i) => ({ name: model.name, path: ["models", i, "name"] })),
    ...predictors.map(({ predictor }, i) => ({ name: predictor.name, path: ["predictors", i] })),
  ];
  for (const { name, path } of rows) {
    const before = seen.get(name);
    if (before) document.fail(path, `two rows are called \`${name}\`; the other is at ${document.where(before)}`);
    seen.set(name, path);
  }
}

/** A prompt that is cut out of data is no longer than they are. */
function refuseShort({ point, document }: Resolving, { name, excerpt }: Law, context: Lengths, path: Path): void {
  const pairs = typeof context === "number" ? context : context.uniform[1];
  if (excerpt && pairs > excerpt.longest)
    document.fail(
      point.written(path),
      `prompts of ${pairs} pairs are too long for the part of the ${name} that they are cut out of; ` +
        `allowed: at most ${excerpt.longest}`,
    );
}

function refuseLarge({ frame, point, document }: Resolving, context: Lengths, features: number): void {
  const longest = typeof context === "number" ? context : context.uniform[1];
  const batches = (frame.models ?? []).map(({ train }) => (train.prompts === "gram" ? 0 : train.batch));
  const batch = Math.max(1024, ...batches);
  if (batch * longest * features > LARGEST.batch)
    document.fail(
      point.written(["context"]),
      `a batch of ${batch} prompts with ${longest} pairs of ${features} features is too large; allowed: ${LARGEST.batch} numbers`,
    );
}

function withoutContext({ context: _, ...others }: Row): Row {
  return others;
}
