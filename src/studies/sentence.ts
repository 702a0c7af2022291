import type { z } from "zod";
import { unknownName } from "../names/nearest.js";
import { alternatives, below, type JsonSchema, keysOf } from "./json-schema.js";
import { valueAt } from "./value-at.js";
import type { Json, Path } from "./yaml-document.js";

/** A fault as a sentence and the place it belongs to. */
export interface Fault {
  readonly path: Path;
  readonly sentence: string;
  /** True where the key, not the value, is at fault. */
  readonly atKey: boolean;
  /** True where the schema has its own sentence, which may speak of other settings. */
  readonly own: boolean;
}

/**
 * The sentence for what zod found: what stands there, and what the schema allows there. A key that is not known comes
 * first, as it is often the reason why another is missing. `whole` is what the value at the top is called.
 */
export function faultOf({ issues }: z.core.$ZodError, value: Json, schema: JsonSchema, whole: string): Fault {
  const leaves = issues.map(deepest);
  const leaf = leaves.find(({ code }) => code === "unrecognized_keys") ?? leaves[0]!;
  const path = leaf.path as Path;
  const found = valueAt(value, path);
  const name = path.at(-1);
  if (leaf.code === "unrecognized_keys") {
    const key = leaf.keys[0]!;
    const sentence = unknownName(`\`${key}\` is not a key here`, keysOf(below(schema, path)), key);
    return { path: [...path, key], sentence, atKey: true, own: false };
  }
  if (leaf.code === "custom") return { path, sentence: leaf.message, atKey: false, own: true };
  const allowed = describe(below(schema, path));
  if (found === undefined && typeof name === "string")
    return { path, sentence: `\`${name}\` is missing; allowed: ${allowed}`, atKey: false, own: false };
  const what = typeof name === "string" ? `\`${name}\`` : name === undefined ? whole : `entry ${name + 1}`;
  const hint = typeof found === "number" && !/number/.test(allowed) ? " (quote it to make it a text)" : "";
  return { path, sentence: `${what} is ${show(found)}${hint}; ${allowance(leaf, allowed)}`, atKey: false, own: false };
}

/** `the text "1_000"`, `-0.1`, `an empty list`: a value as an error names it. */
export function show(value: unknown): string {
  if (typeof value === "string") {
    const number = value.trim() !== "" && Number.isFinite(Number(value.replaceAll("_", "")));
    const plain = number ? ` (write ${value.replaceAll("_", "")}, unquoted, for the number)` : "";
    return `the text ${JSON.stringify(value.length > 60 ? `${value.slice(0, 57)}...` : value)}${plain}`;
  }
  if (Array.isArray(value)) return value.length === 0 ? "an empty list" : "a list";
  if (typeof value === "object" && value !== null) return "a map";
  return String(value);
}

/** Of a union's issues those of the alternative that was meant: the one that got furthest into the value. */
function deepest(issue: z.core.$ZodIssue): z.core.$ZodIssue {
  if (issue.code !== "invalid_union" || issue.errors.length === 0) return issue;
  const branches = issue.errors.flatMap((errors) => errors.slice(0, 1).map(deepest));
  const depth = (one: z.core.$ZodIssue) => one.path.length + (one.code === "unrecognized_keys" ? 0.5 : 0);
  const best = branches.reduce((a, b) => (depth(b) > depth(a) ? b : a));
  return depth(best) > 0 ? { ...best, path: [...issue.path, ...best.path] } : { ...issue, errors: [] };
}

function allowance(issue: z.core.$ZodIssue, allowed: string): string {
  if (issue.code === "too_small" && issue.origin === "array") return `allowed: at least ${entries(issue.minimum)}`;
  if (issue.code === "too_big" && issue.origin === "array") return `allowed: at most ${entries(issue.maximum)}`;
  return `allowed: ${allowed}`;
}

function entries(count: number | bigint): string {
  return `${count} ${count === 1 ? "entry" : "entries"}`;
}

/** What a schema allows, in words. */
export function describe(schemas: readonly JsonSchema[]): string {
  const words = schemas.flatMap((schema) =>
    schema.description && !kindOf(schema) ? [schema.description] : alternatives(schema).map(wordsOf),
  );
  return words.length === 0 ? "nothing" : [...new Set(words)].join(", or ");
}

/** What a single alternative allows: its kind, then what it says of itself. */
function wordsOf(schema: JsonSchema): string {
  const kind = kindOf(schema);
  if (kind === undefined) return schema.description ?? mapOf(schema);
  return schema.description ? `${kind} (${schema.description})` : kind;
}

function kindOf(schema: JsonSchema): string | undefined {
  if (schema.const !== undefined) return String(schema.const);
  if (schema.enum) return schema.enum.join(", ");
  if (schema.type === "number" || schema.type === "integer") return numberOf(schema);
  return { string: "a text", boolean: "true or false", null: "null" }[schema.type ?? ""];
}

function numberOf({ type, minimum, maximum, exclusiveMinimum, exclusiveMaximum }: JsonSchema): string {
  const bounds = [
    exclusiveMinimum === undefined ? [] : `> ${exclusiveMinimum}`,
    minimum === undefined || minimum === Number.MIN_SAFE_INTEGER ? [] : `>= ${minimum}`,
    exclusiveMaximum === undefined ? [] : `< ${exclusiveMaximum}`,
    maximum === undefined || maximum === Number.MAX_SAFE_INTEGER ? [] : `<= ${maximum}`,
  ].flat();
  const kind = type === "integer" ? "a whole number" : "a number";
  return bounds.length === 0 ? kind : `${kind} ${bounds.join(" and ")}`;
}

function mapOf(schema: JsonSchema): string {
  if (schema.properties) return `{ ${Object.keys(schema.properties).join(", ")} }`;
  return schema.type === "array" ? "a list" : "a map";
}
