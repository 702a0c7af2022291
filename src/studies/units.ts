import { unknownName } from "../names/nearest.js";
import type { Site, Unit } from "../types.js";
import type { Point } from "./grid.js";
import { type JsonSchema, jsonSchema } from "./json-schema.js";
import { faultOf } from "./sentence.js";
import { spokenOf } from "./spoken-of.js";
import { valueAt } from "./value-at.js";
import type { Json, Path, YamlDocument } from "./yaml-document.js";

// biome-ignore lint/suspicious/noExplicitAny: options are checked by the unit's own schema.
type AnyUnit<Value> = Unit<any, Value>;

/** A unit that a study names, made. */
export interface Made<Value> {
  readonly value: Value;
  /** The options with their defaults. */
  readonly options: Json;
  /** `source` of a unit that a person brought, nothing of ours: what a cell's identity has besides the options. */
  readonly identity: { readonly source?: string };
}

/** Where a unit is named and what belongs to it. */
export interface Naming {
  /** `law`, `mixer` or `predictor`. */
  readonly what: string;
  readonly name: string;
  /** Where its name stands. */
  readonly named: Path;
  /** True where its name is a key: `{ newton: 3 }`. */
  readonly isKey: boolean;
  /** Its options as written; undefined where none can be. */
  readonly options: Json | undefined;
  /** Where they stand. */
  readonly path: Path;
  /** Keys beside the options that are not the unit's. */
  readonly besides: readonly string[];
}

/**
 * Looks units up, checks their options by their own schemas and makes them, once for each distinct use. It asks no
 * unit's name: a new law, mixer or predictor is a new file and no edit here.
 */
export class UnitMaker {
  private readonly made = new Map<string, Made<unknown>>();
  private readonly schemas = new Map<unknown, JsonSchema>();

  constructor(private readonly document: YamlDocument) {}

  /** The JSON Schema of a unit's options. */
  schemaOf(unit: AnyUnit<unknown> | undefined): JsonSchema | undefined {
    if (!unit) return undefined;
    const schema = this.schemas.get(unit) ?? jsonSchema(unit.options);
    this.schemas.set(unit, schema);
    return schema;
  }

  /** @throws StudyError for an unknown name, options that its schema refuses, or what it cannot be made of */
  make<Value>(
    units: ReadonlyMap<string, AnyUnit<Value>>,
    naming: Naming,
    site: (options: Json) => Site,
    point: Point,
  ): Made<Value> {
    const { what, name } = naming;
    const unit = units.get(name);
    if (!unit) return this.unknown(naming, [...units.keys()], point);
    const options = this.check(unit, naming, point);
    const place = site(options);
    const key = JSON.stringify([what, name, options, place]);
    const known = this.made.get(key) as Made<Value> | undefined;
    if (known) return known;
    try {
      const identity = unit.source === undefined ? {} : { source: unit.source };
      const made = { value: unit.make(options, place), options, identity };
      this.made.set(key, made);
      return made;
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      return this.refuse(error.message, naming, naming.path, point);
    }
  }

  private unknown({ what, name, named, isKey }: Naming, known: readonly string[], point: Point): never {
    const sentence = unknownName(`\`${name}\` is not a ${what}`, known, name);
    const place = point.written(named);
    return isKey ? this.document.failAtKey(place, sentence) : this.document.fail(place, sentence);
  }

  private check(unit: AnyUnit<unknown>, naming: Naming, point: Point): Json {
    const { name, options, path, besides } = naming;
    const parsed = unit.options.safeParse(options);
    if (parsed.success) return (parsed.data ?? null) as Json;
    const schema = this.schemaOf(unit)!;
    const known = { ...schema.properties, ...Object.fromEntries(besides.map((key) => [key, {}])) };
    const described = schema.properties ? { ...schema, properties: known } : schema;
    const fault = faultOf(parsed.error, options ?? null, described, `the option of \`${name}\``);
    if (fault.atKey) return this.document.failAtKey(point.written([...path, ...fault.path]), fault.sentence);
    return this.refuse(fault.sentence, naming, [...path, ...fault.path], point);
  }

  private refuse(sentence: string, { options, path }: Naming, at: Path, point: Point): never {
    const isList = Array.isArray(valueAt(options, at.slice(path.length)));
    const hint = isList && /allowed:/.test(sentence) ? "; to run several values write them in `grid:`" : "";
    const whole = spokenOf(sentence + hint, at, point.settings, point, this.document);
    return this.document.fail(point.written(at), whole);
  }
}
