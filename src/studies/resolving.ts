import type { Catalogue, Law, Lengths, Site } from "../types.js";
import { type ContextField, lengthsOf } from "./context-field.js";
import type { Frame } from "./frame.js";
import { isMap, type Point } from "./grid.js";
import type { Made, UnitMaker } from "./units.js";
import type { Json, Path, YamlDocument } from "./yaml-document.js";

/** What a study may ask for: numbers in one batch of prompts (8 GB in float64), numbers in all covariances, tests. */
export const LARGEST = { batch: 1e9, covariances: 1e8, tests: 10_000 };

/** What a point of the grid is resolved with. */
export interface Resolving {
  readonly point: Point;
  readonly frame: Frame;
  /** Points of the whole grid. */
  readonly points: number;
  readonly catalogue: Catalogue;
  readonly maker: UnitMaker;
  readonly document: YamlDocument;
  /** Reads a file that the study names. */
  readonly read: Site["read"];
}

/** How many tests a cell has, before any is made. */
export function testsOf({ evaluate: { context, shift = {} } }: Frame): number {
  const lists = [context, shift.inputScale, shift.queryScale, shift.taskScale];
  return lists.reduce<number>((product, list) => product * (Array.isArray(list) ? list.length : 1), 1);
}

/** The lengths that a field means. @throws StudyError where it means none */
export function lengths({ point, document }: Resolving, field: ContextField, features: number, path: Path): Lengths {
  const found = lengthsOf(field, features);
  return typeof found === "string" ? document.fail(point.written(path), found) : found;
}

/** A law's options in a cell's identity: with the data that they name, not only its name. */
export function lawSettings({ value, options, identity }: Made<Law>): { readonly [key: string]: Json } {
  return { ...(options as object), ...(value.excerpt && { data: value.excerpt.digest }), ...identity };
}

/** The law at `path` with the options that it has there. @throws StudyError also where its covariances are too large */
export function makeLaw(
  { catalogue, maker, point, points, frame, document, read }: Resolving,
  name: string,
  options: Json,
  path: Path,
  context: ContextField,
  contextPath: Path,
): Made<Law> {
  const naming = { what: "law", name, named: [...path, "kind"], isKey: false, options, path, besides: ["kind"] };
  const site = (checked: Json) => {
    const features = isMap(checked) && typeof checked.features === "number" ? checked.features : 0;
    const count = points * testsOf(frame);
    if (features ** 2 * count > LARGEST.covariances)
      document.fail(point.written([...path, "features"]), `${count} covariances of ${features} features are too large`);
    const found = lengthsOf(context, features);
    const place = typeof found === "string" ? document.fail(point.written(contextPath), found) : found;
    return { features, context: place, ...(read && { read }) };
  };
  return maker.make(catalogue.laws, naming, site, point);
}
