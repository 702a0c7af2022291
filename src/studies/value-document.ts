import { stringify } from "yaml";
import { StudyError } from "./study-error.js";
import { type Json, type Path, YamlDocument } from "./yaml-document.js";

/** A study that is a value and no text: what a `.ts` file exports. Faults are told with the path in the value. */
export class ValueDocument extends YamlDocument {
  /** @throws StudyError where something in it is no plain value, or it costs more than a study file may. */
  constructor(
    file: string,
    private readonly written: unknown,
  ) {
    refuseForeign(file, written, [], []);
    super(file, JSON.stringify(written));
  }

  /** The same study as YAML, as it is kept beside its rows. */
  yaml(): string {
    return stringify(JSON.parse(JSON.stringify(this.written)));
  }

  override fail(path: Path, sentence: string): never {
    throw faultAt(this.file, path, sentence);
  }

  override failAtKey(path: Path, sentence: string): never {
    throw faultAt(this.file, path, sentence);
  }

  override failInside(path: Path, offset: number, sentence: string): never {
    throw faultAt(this.file, path, `character ${offset + 1}: ${sentence}`);
  }

  override where(path: Path): string {
    return placeOf(this.file, path);
  }
}

/** `models[0].train.rate`; the study itself where the path is empty. */
export function pathText(path: Path): string {
  const steps = path.map((step) => {
    if (typeof step === "number") return `[${step}]`;
    return /^[A-Za-z_]\w*$/.test(step) ? `.${step}` : `["${step}"]`;
  });
  return steps.length === 0 ? "the study" : steps.join("").replace(/^\./, "");
}

const placeOf = (file: string, path: Path) => `${file}: ${pathText(path)}`;

const faultAt = (file: string, path: Path, sentence: string) =>
  new StudyError(file, 1, 1, sentence, placeOf(file, path));

/** Refuses what YAML could not hold: functions, dates, NaN, values that contain themselves. */
function refuseForeign(file: string, value: unknown, path: Path, above: readonly unknown[]): void {
  if (value === null || typeof value === "string" || typeof value === "boolean") return;
  const refuse = (what: string): never => {
    throw faultAt(file, path, `${what}; allowed: finite numbers, texts, true, false, null, lists and plain objects`);
  };
  if (typeof value === "number") {
    if (!Number.isFinite(value)) refuse(`the number ${value}`);
    return;
  }
  if (typeof value !== "object") refuse(value === undefined ? "undefined" : `a ${typeof value}`);
  if (above.includes(value)) refuse("a value that contains itself");
  if (Array.isArray(value)) {
    for (const [i, inner] of value.entries()) refuseForeign(file, inner, [...path, i], [...above, value]);
    return;
  }
  const prototype = Object.getPrototypeOf(value) as { constructor?: { name?: string } } | null;
  if (prototype !== null && Object.getPrototypeOf(prototype) !== null)
    refuse(`an object of the class ${prototype.constructor?.name ?? "of its own"}`);
  for (const [key, inner] of Object.entries(value as { readonly [key: string]: Json }))
    refuseForeign(file, inner, [...path, key], [...above, value]);
}
