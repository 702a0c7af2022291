import type { Catalogue, Unit } from "../types.js";
import { contextField } from "./context-field.js";
import { frame, rowName } from "./frame.js";
import { alternatives, isScalar, type JsonSchema, jsonSchema } from "./json-schema.js";
import { trainField } from "./train-field.js";

// biome-ignore lint/suspicious/noExplicitAny: only the schema of the options is read.
type AnyUnit = Unit<any, unknown>;

/** JSON Schema (draft 7) of a study file with everything that a catalogue has: completion and errors in editors. */
export function studySchema(catalogue: Catalogue): JsonSchema & { readonly $schema: string } {
  const own = jsonSchema(frame);
  const model = { name: jsonSchema(rowName), train: listsOf(jsonSchema(trainField)) };
  const context = jsonSchema(contextField);
  const properties = {
    ...own.properties,
    law: { anyOf: [...catalogue.laws.values()].map((unit) => choice("kind", unit, {})) },
    context: { anyOf: [context, listOf(context)] },
    models: listOf({ anyOf: [...catalogue.mixers.values()].map((unit) => choice("mixer", unit, model)) }),
    predictors: listOf({ anyOf: [...catalogue.predictors.values()].flatMap(predictorForms) }),
    grid: { type: "object", additionalProperties: listOf({}), description: "paths of settings, each with its values" },
  };
  return { $schema: "http://json-schema.org/draft-07/schema#", ...own, title: "iclab study", properties };
}

/** A unit's options in one map with the key that names it; lists are allowed where they make a grid. */
function choice(key: string, unit: AnyUnit, besides: { readonly [key: string]: JsonSchema }): JsonSchema {
  const options = listsOf(jsonSchema(unit.options));
  const name: JsonSchema = { const: unit.name, description: unit.says };
  return {
    type: "object",
    properties: { [key]: name, ...besides, ...options.properties },
    required: [key, ...Object.keys(besides), ...(options.required ?? [])],
    additionalProperties: false,
  };
}

/** A predictor as its bare name, where it needs no option, and as `{ name: option }`, where it has one. */
function predictorForms(unit: AnyUnit): JsonSchema[] {
  const bare = [undefined, {}].some((option) => unit.options.safeParse(option).success);
  const name: JsonSchema = { const: unit.name, description: unit.says };
  const option = jsonSchema(unit.options);
  const properties = { [unit.name]: option };
  const full: JsonSchema = { type: "object", properties, required: [unit.name], additionalProperties: false };
  const hasOption = Object.keys(option).length > 0;
  return [...(bare ? [name] : []), ...(hasOption ? [full] : [])];
}

/** The same schema with a list allowed in the place of every scalar. */
function listsOf(schema: JsonSchema): JsonSchema {
  if (isScalar(schema)) {
    const { description, ...scalar } = schema;
    return { ...(description === undefined ? {} : { description }), anyOf: [...alternatives(scalar), listOf(scalar)] };
  }
  if (!schema.properties) return schema;
  const entries = Object.entries(schema.properties).map(([key, inner]) => [key, listsOf(inner)]);
  return { ...schema, properties: Object.fromEntries(entries) };
}

function listOf(items: JsonSchema): JsonSchema {
  return { type: "array", items, minItems: 1 };
}
