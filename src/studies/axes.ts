import { unknownName } from "../names/nearest.js";
import type { Catalogue } from "../types.js";
import { type Axis, distinct, isMap, scalarAxes } from "./grid.js";
import { jsonSchema } from "./json-schema.js";
import { trainField } from "./train-field.js";
import type { UnitMaker } from "./units.js";
import type { Json, Path, YamlDocument } from "./yaml-document.js";

type Settings = { readonly [key: string]: Json };

/**
 * The axes of a study: lists on scalar fields of the law, of models and of their training, the list of contexts, and
 * whatever `grid:` names. Everything else that is a list is a value.
 */
export function axesOf(settings: Settings, catalogue: Catalogue, maker: UnitMaker, document: YamlDocument): Axis[] {
  const axes = [
    ...lawAxes(settings.law, catalogue, maker),
    ...contextAxis(settings.context),
    ...modelAxes(settings.models, catalogue, maker),
    ...poolAxis(settings, catalogue, maker, document),
  ];
  const named = namedAxes(settings, document);
  for (const axis of named) {
    const twice = axes.find(({ column }) => column === axis.column);
    if (twice)
      document.failAtKey(["grid", axis.column], `${axis.column} is a list at ${document.where(twice.path)} already`);
  }
  for (const { values, path, column } of [...axes, ...named])
    if (values.length === 0) document.fail(path, `\`${column}\` is an empty list; allowed: at least one value`);
  return [...axes, ...named];
}

function lawAxes(law: Json | undefined, catalogue: Catalogue, maker: UnitMaker): Axis[] {
  if (!isMap(law)) return [];
  return scalarAxes(law, maker.schemaOf(catalogue.laws.get(String(law.kind))), ["law"], "law");
}

/** Where a law's pool of tasks is drawn anew, and the column that says which it was. */
export const POOL = { path: ["law", "pool"], column: "law.pool" } as const;

/** `pools: 8` as pools 0 .. 7. What is no number of them the schema refuses. */
function poolAxis({ pools, law }: Settings, catalogue: Catalogue, maker: UnitMaker, document: YamlDocument): Axis[] {
  if (typeof pools !== "number" || !(pools >= 3 && pools <= 1000) || !isMap(law)) return [];
  if (!maker.schemaOf(catalogue.laws.get(String(law.kind)))?.properties?.pool)
    return document.fail(["pools"], `the law ${String(law.kind)} draws no pool of tasks; allowed: a law with \`pool\``);
  if (law.pool !== undefined) document.fail([...POOL.path], "`pools` numbers the pools; leave out `pool`");
  const values = Array.from({ length: pools }, (_, pool) => ({ value: pool as Json, written: ["pools"] }));
  return [{ ...POOL, values }];
}

function contextAxis(context: Json | undefined): Axis[] {
  if (!Array.isArray(context)) return [];
  const values = context.map((value: Json, i) => ({ value, written: ["context", i] }));
  return [{ column: "context", path: ["context"], values: distinct(values) }];
}

function modelAxes(models: Json | undefined, catalogue: Catalogue, maker: UnitMaker): Axis[] {
  if (!Array.isArray(models)) return [];
  return models.flatMap((model: Json, i) => {
    if (!isMap(model) || typeof model.name !== "string") return [];
    const { train, ...own } = model;
    const column = `models.${model.name}`;
    const schema = maker.schemaOf(catalogue.mixers.get(String(model.mixer)));
    return [
      ...scalarAxes(own, schema, ["models", i], column),
      ...scalarAxes(train ?? null, jsonSchema(trainField), ["models", i, "train"], `${column}.train`),
    ];
  });
}

function namedAxes({ grid, models }: Settings, document: YamlDocument): Axis[] {
  if (grid === undefined) return [];
  if (!isMap(grid)) return document.fail(["grid"], "`grid` is a map of paths, such as { law.covariance: [...] }");
  return Object.entries(grid).map(([column, list]) => {
    const path = target(column, models, document);
    if (!Array.isArray(list) || list.length === 0)
      return document.fail(["grid", column], `\`${column}\` needs a list of values; allowed: at least one`);
    const values = list.map((value: Json, i) => ({ value, written: ["grid", column, i] }));
    return { column, path, values: distinct(values) };
  });
}

/** `models.sm.heads` as a path: a model is found by its name. */
function target(column: string, models: Json | undefined, document: YamlDocument): Path {
  const [top, ...rest] = column.split(".");
  if (column === "context" || (top === "law" && rest.length > 0)) return [top!, ...rest];
  if (top !== "models" || rest.length < 2)
    return document.failAtKey(
      ["grid", column],
      unknownName(`\`${column}\` cannot vary`, ["context", "law.<option>", "models.<name>.<option>"], column),
    );
  const names = Array.isArray(models) ? models.map((model: Json) => (isMap(model) ? String(model.name) : "")) : [];
  const index = names.indexOf(rest[0]!);
  if (index < 0) document.failAtKey(["grid", column], unknownName(`there is no model \`${rest[0]}\``, names, rest[0]!));
  return ["models", index, ...rest.slice(1)];
}
