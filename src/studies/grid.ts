import type { Row } from "../types.js";
import { isScalar, type JsonSchema } from "./json-schema.js";
import type { Json, Path } from "./yaml-document.js";

/** A setting that takes several values. */
export interface Axis {
  /** Its name in rows: `context`, `law.noise`, `models.sm.heads`. */
  readonly column: string;
  /** What it sets. */
  readonly path: Path;
  readonly values: readonly { readonly value: Json; readonly written: Path }[];
}

/** One point of a grid, still as written. */
export interface Point {
  readonly settings: Json;
  /** The values of the axes that have more than one. */
  readonly columns: Row;
  /** Where in the file the setting at a path was written. */
  written(path: Path): Path;
}

/** The lists below `value` that stand where the schema has a scalar: each makes an axis. */
export function scalarAxes(value: Json, schema: JsonSchema | undefined, path: Path, column: string): Axis[] {
  if (!schema) return [];
  if (Array.isArray(value) && isScalar(schema)) {
    const values = value.map((one: Json, i) => ({ value: one, written: [...path, i] }));
    return [{ column, path, values: distinct(values) }];
  }
  if (!isMap(value) || !schema.properties) return [];
  return Object.entries(value).flatMap(([key, inner]) =>
    scalarAxes(inner, schema.properties?.[key], [...path, key], `${column}.${key}`),
  );
}

/** Values that are written twice make one point. */
export function distinct(values: Axis["values"]): Axis["values"] {
  return values.filter((one, i) => i === values.findIndex((other) => same(one.value, other.value)));
}

/** How many points the axes span. */
export function sizeOf(axes: readonly Axis[]): number {
  return axes.reduce((product, { values }) => product * values.length, 1);
}

/** Every combination of the axes' values, the last axis fastest. */
export function pointsOf(settings: Json, axes: readonly Axis[]): Point[] {
  const start: Point = { settings, columns: {}, written: (path) => path };
  return axes.reduce(
    (points, axis) => points.flatMap((point) => axis.values.map((value) => placed(point, axis, value))),
    [start],
  );
}

/** A short text for a value that is no number or word: `{ ar1: 0.9 }`. */
export function asColumn(value: Json): Row[string] {
  if (!Array.isArray(value) && !isMap(value)) return value as Row[string];
  const text = flow(value);
  return text.length <= 80 ? text : `${text.slice(0, 60)}... (${text.length} characters, sum ${checksum(text)})`;
}

function placed(point: Point, axis: Axis, { value, written }: Axis["values"][number]): Point {
  const columns = axis.values.length > 1 ? { ...point.columns, [axis.column]: asColumn(value) } : point.columns;
  const below = (path: Path) => axis.path.every((step, i) => step === path[i]);
  return {
    settings: withValue(point.settings, axis.path, value),
    columns,
    written: (path) => (below(path) ? [...written, ...path.slice(axis.path.length)] : point.written(path)),
  };
}

/** The same settings with one value set; maps on the way to it are made where there are none. */
function withValue(settings: Json | undefined, [step, ...rest]: Path, value: Json): Json {
  if (step === undefined) return value;
  if (Array.isArray(settings)) return settings.map((one: Json, i) => (i === step ? withValue(one, rest, value) : one));
  const map: { readonly [key: string]: Json } = isMap(settings) ? settings : {};
  return { ...map, [step]: withValue(map[step], rest, value) };
}

export function isMap(value: Json | undefined): value is { readonly [key: string]: Json } {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function same(a: Json, b: Json): boolean {
  return Object.is(a, b) || (typeof a === "object" && typeof b === "object" && flow(a) === flow(b));
}

function flow(value: Json): string {
  if (Array.isArray(value)) return `[${value.map(flow).join(", ")}]`;
  if (isMap(value))
    return `{ ${Object.entries(value)
      .map(([key, inner]) => `${key}: ${flow(inner)}`)
      .join(", ")} }`;
  return String(value);
}

/** FNV-1a, 32 bits: tells long values apart in a column. */
function checksum(text: string): string {
  let hash = 0x811c9dc5;
  for (const character of text) hash = Math.imul(hash ^ character.charCodeAt(0), 0x01000193);
  return (hash >>> 0).toString(16);
}
