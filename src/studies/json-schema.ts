import { type ZodType, z } from "zod";

/** The part of JSON Schema (draft 7) that zod writes and that is read here. */
export interface JsonSchema {
  readonly title?: string;
  readonly type?: string;
  readonly required?: readonly string[];
  readonly minItems?: number;
  readonly description?: string;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly JsonSchema[];
  readonly oneOf?: readonly JsonSchema[];
  readonly allOf?: readonly JsonSchema[];
  readonly properties?: { readonly [key: string]: JsonSchema };
  readonly additionalProperties?: boolean | JsonSchema;
  readonly items?: JsonSchema | readonly JsonSchema[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly exclusiveMaximum?: number;
}

/** What a file may hold where the schema stands: defaults are optional, transforms are what they start from. */
export function jsonSchema(schema: ZodType): JsonSchema {
  const options = { target: "draft-7", io: "input", unrepresentable: "any" } as const;
  const { $schema: _, ...rest } = z.toJSONSchema(schema, options);
  return rest as JsonSchema;
}

/** The alternatives of a schema, one level at a time down to those that are not unions. */
export function alternatives(schema: JsonSchema): readonly JsonSchema[] {
  const several = schema.anyOf ?? schema.oneOf ?? schema.allOf;
  return several ? several.flatMap(alternatives) : [schema];
}

/** Every schema that may stand at a path below one. */
export function below(schema: JsonSchema, path: readonly (string | number)[]): readonly JsonSchema[] {
  const [step, ...rest] = path;
  if (step === undefined) return [schema];
  return alternatives(schema).flatMap((one) => {
    const inside = typeof step === "number" ? itemAt(one, step) : propertyOf(one, step);
    return inside ? below(inside, rest) : [];
  });
}

/** The keys that a map at this place may have. */
export function keysOf(schemas: readonly JsonSchema[]): string[] {
  return [...new Set(schemas.flatMap(alternatives).flatMap((one) => Object.keys(one.properties ?? {})))];
}

/** A number, a word, true or false: what a list in its place makes a grid of. */
export function isScalar(schema: JsonSchema): boolean {
  const scalars = ["number", "integer", "string", "boolean", "null"];
  const all = alternatives(schema);
  return (
    all.length > 0 && all.every((one) => (one.type ? scalars.includes(one.type) : one.const !== undefined || one.enum))
  );
}

function propertyOf(schema: JsonSchema, key: string): JsonSchema | undefined {
  const extra = schema.additionalProperties;
  return schema.properties?.[key] ?? (typeof extra === "object" ? extra : undefined);
}

function itemAt(schema: JsonSchema, index: number): JsonSchema | undefined {
  return Array.isArray(schema.items) ? schema.items[index] : (schema.items as JsonSchema | undefined);
}
