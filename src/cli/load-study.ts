import { resolve } from "node:path";
import { withOwn } from "../own/brought.js";
import { importOwn } from "../own/import-own.js";
import { KEPT_OWN, OwnFiles } from "../own/own-files.js";
import { loadCatalogue } from "../runner/catalogue.js";
import { parseStudy } from "../studies/parse-study.js";
import type { Study } from "../studies/study.js";
import type { Bring } from "../studies/use-field.js";
import { ValueDocument } from "../studies/value-document.js";
import { YamlDocument } from "../studies/yaml-document.js";
import type { Catalogue } from "../types.js";
import { UsageError } from "./failure.js";
import { readStudy } from "./read-study.js";
import { KEPT, StudyFiles } from "./series-file.js";

/** A study as it was read. */
export interface LoadedStudy {
  readonly study: Study;
  /** As YAML, also of a study in TypeScript. */
  readonly text: string;
  /** The study and what it was read with, by the names under which they are kept: enough to read it again elsewhere. */
  readonly texts: Readonly<Record<string, string>>;
  /** What iclab ships, without the study's own units. */
  readonly catalogue: Catalogue;
}

/**
 * Reads a study with all that it names: a YAML file, - for standard input, or a `.ts` file whose default export is the
 * study. Series and own units are looked for beside it.
 *
 * @throws UsageError, StudyError, OwnError
 */
export async function loadStudy(file: string): Promise<LoadedStudy> {
  const catalogue = await loadCatalogue();
  const { document, text } = await documentOf(file);
  const [files, own] = [new StudyFiles(file), new OwnFiles(file)];
  const study = await parseStudy(document, document.file, catalogue, files.read, bringFrom(own));
  const kept = { [KEPT]: files.kept(), [KEPT_OWN]: own.kept() };
  const others = Object.entries(kept).filter((entry): entry is [string, string] => entry[1] !== null);
  return { study, text, texts: { "study.yaml": text, ...Object.fromEntries(others) }, catalogue };
}

async function documentOf(file: string): Promise<{ readonly document: YamlDocument; readonly text: string }> {
  if (!isCode(file)) {
    const text = readStudy(file);
    return { document: new YamlDocument(file === "-" ? "standard input" : file, text), text };
  }
  readStudy(file);
  const exported = await importOwn(resolve(file));
  if (!("default" in exported))
    throw new UsageError(`${file} has no default export; allowed: \`export default { title: ..., law: ..., ... }\``);
  const document = new ValueDocument(file, exported.default);
  return { document, text: document.yaml() };
}

/** Brings own units to a study from its files. */
export const bringFrom =
  (own: OwnFiles): Bring =>
  async (use, known) =>
    withOwn(known, await own.bring(use));

/** Whether a study is a program and no YAML. */
export const isCode = (file: string): boolean => /\.m?[tj]s$/.test(file);
