import type { Catalogue, Law, Lengths, Predictor, Row, Shift } from "../types.js";
import { type ContextField, lengthsColumn, lengthsOf } from "./context-field.js";
import type { Frame } from "./frame.js";
import { isMap, type Point } from "./grid.js";
import { describe } from "./sentence.js";
import type { StudyCell, StudyModel, StudyTest } from "./study.js";
import { recordOf, scheduleOf } from "./train-field.js";
import type { Made, UnitMaker } from "./units.js";
import type { Json, Path, YamlDocument } from "./yaml-document.js";

/** Numbers that one batch of prompts, or the covariances of a whole grid, may hold: 8 GB in float64. */
const LARGEST = 1e9;

/** What a point of the grid is resolved with. */
export interface Resolving {
  readonly point: Point;
  readonly frame: Frame;
  /** Points of the whole grid. */
  readonly points: number;
  readonly catalogue: Catalogue;
  readonly maker: UnitMaker;
  readonly document: YamlDocument;
}

/** A point of the grid with its units made. @throws StudyError for what contradicts itself or is too large */
export function resolveCell(resolving: Resolving): StudyCell {
  const { point, frame } = resolving;
  const { kind, ...options } = frame.law;
  const law = makeLaw(resolving, kind, options as Json, ["law"], frame.context, ["context"]);
  const context = lengths(resolving, frame.context, law.value.features, ["context"]);
  const site = { features: law.value.features, context };
  const models = (frame.models ?? []).map((_, i) => resolveModel(resolving, i, site));
  const predictors = (frame.predictors ?? []).map((_, i) => resolvePredictor(resolving, i, site, law.value));
  refuseTwins(resolving, models, predictors);
  const tests = resolveTests(resolving, law, kind, context);
  for (const place of [context, ...tests.map((test) => test.context)])
    refuseLarge(resolving, place, law.value.features);
  return {
    columns: { context: lengthsColumn(context), ...withoutContext(point.columns) },
    law: law.value,
    context,
    models: models.map(({ model }) => model),
    predictors: predictors.map(({ predictor }) => predictor),
    tests: tests.map(({ settings: _, ...test }) => test),
    prompts: frame.evaluate.prompts,
    settings: {
      law: { kind, ...(law.options as object) },
      context: context as Json,
      models: models.map(({ settings }) => settings),
      predictors: predictors.map(({ settings }) => settings),
      tests: tests.map(({ settings }) => settings),
      prompts: frame.evaluate.prompts,
    },
  };
}

function makeLaw(
  { catalogue, maker, point, points, document }: Resolving,
  name: string,
  options: Json,
  path: Path,
  context: ContextField,
  contextPath: Path,
): Made<Law> {
  const naming = { what: "law", name, named: [...path, "kind"], isKey: false, options, path, besides: ["kind"] };
  const site = (checked: Json) => {
    const features = isMap(checked) && typeof checked.features === "number" ? checked.features : 0;
    if (features ** 2 * points > LARGEST)
      document.fail(
        point.written([...path, "features"]),
        `${points} covariances of ${features} features are too large`,
      );
    const found = lengthsOf(context, features);
    return { features, context: typeof found === "string" ? document.fail(point.written(contextPath), found) : found };
  };
  return maker.make(catalogue.laws, naming, site, point);
}

function lengths({ point, document }: Resolving, field: ContextField, features: number, path: Path): Lengths {
  const found = lengthsOf(field, features);
  return typeof found === "string" ? document.fail(point.written(path), found) : found;
}

function resolveModel(
  { catalogue, maker, point, frame }: Resolving,
  i: number,
  site: { readonly features: number; readonly context: Lengths },
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
  const settings = { name, mixer, ...(made.options as object), train: { ...schedule, until, record } };
  return { model: { name, mixer: made.value, schedule, until, record }, settings: settings as unknown as Json };
}

function resolvePredictor(
  { catalogue, maker, point, frame, document }: Resolving,
  i: number,
  site: { readonly features: number; readonly context: Lengths },
  law: Law,
): { readonly predictor: Predictor; readonly settings: Json } {
  const entry = frame.predictors![i]!;
  const [name, ...others] = typeof entry === "string" ? [entry] : Object.keys(entry);
  const path = typeof entry === "string" ? ["predictors", i] : ["predictors", i, name ?? ""];
  if (name === undefined || others.length > 0)
    return document.fail(["predictors", i], "a predictor is a name, or one { name: option }");
  const unit = catalogue.predictors.get(name);
  const bare = [undefined, {}].find((option) => unit?.options.safeParse(option).success);
  if (unit && typeof entry === "string" && !unit.options.safeParse(bare).success)
    document.fail(path, `\`${name}\` needs its option: { ${name}: ${describe([maker.schemaOf(unit)!])} }`);
  const options = typeof entry === "string" ? (bare as Json | undefined) : (entry[name] as Json);
  const naming = { what: "predictor", name, named: path, isKey: typeof entry !== "string", options, path, besides: [] };
  const { value, options: filled } = maker.make(catalogue.predictors, naming, () => site, point);
  const applies = value.applies(law.population);
  if (applies !== true) document.fail(path, `\`${name}\` does not apply to this law: ${applies}`);
  return { predictor: value, settings: { [name]: filled } };
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

type SettledTest = StudyTest & { readonly settings: Json };

function resolveTests(resolving: Resolving, law: Made<Law>, kind: string, context: Lengths): SettledTest[] {
  const { frame, point, document } = resolving;
  const { shift = {}, context: asked } = frame.evaluate;
  const places =
    asked === "same"
      ? [context]
      : [asked].flat().map((field, i) => {
          const path = Array.isArray(asked) ? ["evaluate", "context", i] : ["evaluate", "context"];
          return lengths(resolving, field, law.value.features, path);
        });
  const base = shift.law ? shiftedLaw(resolving, shift.law as Json, kind) : law;
  if (base.value.features !== law.value.features)
    document.fail(
      ["evaluate", "shift", "law"],
      `the test has ${base.value.features} features, training ${law.value.features}`,
    );
  const tests = places.flatMap((place) =>
    scalesOf(shift).map((scales): SettledTest => {
      const columns = { testContext: lengthsColumn(place), ...scales };
      const settings = { ...columns, law: shift.law ? (base.options as Json) : "same" } as Json;
      try {
        const shifted = Object.keys(scales).length === 0 ? base.value : base.value.shifted(scales);
        return { columns, law: shifted, context: place, settings };
      } catch (error) {
        return document.fail(point.written(["evaluate", "shift"]), (error as Error).message);
      }
    }),
  );
  return tests.filter((test, i) => i === tests.findIndex(({ columns }) => equal(columns, test.columns)));
}

function shiftedLaw(resolving: Resolving, written: Json, kind: string): Made<Law> {
  const { kind: named, ...own } = written as { readonly [key: string]: Json };
  const { kind: _, ...training } = resolving.frame.law;
  const options = named === undefined ? { ...(training as { [key: string]: Json }), ...own } : own;
  const path = ["evaluate", "shift", "law"];
  return makeLaw(resolving, named === undefined ? kind : String(named), options, path, resolving.frame.context, [
    "context",
  ]);
}

/** Every combination of the scales that the study names. */
function scalesOf(shift: NonNullable<Frame["evaluate"]["shift"]>): (Shift & Row)[] {
  const names = (["inputScale", "queryScale", "taskScale"] as const).filter((name) => shift[name] !== undefined);
  return names.reduce<(Shift & Row)[]>(
    (all, name) => all.flatMap((scales) => [shift[name]!].flat().map((factor) => ({ ...scales, [name]: factor }))),
    [{}],
  );
}

function refuseLarge({ frame, point, document }: Resolving, context: Lengths, features: number): void {
  const longest = typeof context === "number" ? context : context.uniform[1];
  const batch = Math.max(1024, ...(frame.models ?? []).map(({ train }) => train.batch));
  if (batch * longest * features > LARGEST)
    document.fail(
      point.written(["context"]),
      `a batch of ${batch} prompts with ${longest} pairs of ${features} features is too large; allowed: ${LARGEST} numbers`,
    );
}

function withoutContext({ context: _, ...others }: Row): Row {
  return others;
}

function equal(a: Row, b: Row): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
