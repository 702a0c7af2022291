import { join } from "node:path";
import { meansOf } from "../claims/means.js";
import { FAMILY_LEVEL } from "../claims/verdict.js";
import { warningsOf } from "../claims/warnings.js";
import { closedForms } from "../report/closed-forms.js";
import type { Fact, Material, Section } from "../report/material.js";
import { page } from "../report/page.js";
import { claimsTested, hypothesesTested, looksSentence } from "../report/tested.js";
import { heavyLaws } from "../studies/heavy-law.js";
import { columnsOf, looksOf, rowsJudged, type StudyVerdict } from "../studies/judge-study.js";
import type { Study } from "../studies/study.js";
import type { Experiment, Measurement, Row } from "../types.js";
import { replaceFile, writing } from "./disk.js";
import { identifications } from "./identifications.js";
import type { Judged } from "./judged.js";
import { judgeOwnClaims } from "./own-claims.js";
import type { Provenance } from "./provenance.js";
import { quoted, rerunCommands, scaleOf } from "./rerun.js";
import { saveFigures } from "./save-figures.js";
import { studyFigures } from "./study-figures.js";

/** A paper's rows with their verdicts. */
export interface Reproduced {
  readonly id: string;
  readonly experiment: Experiment;
  readonly rows: readonly Row[];
  readonly cells: readonly Provenance[];
  readonly judged: readonly Judged[];
}

/** A study's rows with their verdicts. */
export interface StudyResult {
  readonly study: Study;
  /** The file as it was read. */
  readonly text: string;
  readonly rows: readonly Row[];
  readonly cells: readonly Provenance[];
  readonly verdicts: readonly StudyVerdict[];
}

/** What the page says of a paper; its figures are written into the folder. */
export function paperSection(folder: string, { id, experiment, rows, cells, judged }: Reproduced): Section {
  const { title, authors, year, arxiv } = experiment.paper;
  const scale = scaleOf(
    experiment,
    cells.map(({ settings }) => settings),
  );
  return {
    id,
    title,
    byline: `${authors} (${year})`,
    link: `https://arxiv.org/abs/${arxiv}`,
    question: experiment.question,
    settings: [...settingsOf(cells), ...closedForms(rows)],
    claims: judged,
    ...(judged.length > 0 && { tested: claimsTested(judged, FAMILY_LEVEL) }),
    warnings: mixture(cells),
    figures: saveFigures(join(folder, "figures", id), id, experiment.figures, rows),
    notes: experiment.notes,
    provenance: provenanceOf(cells, rerunCommands(`reproduce ${id} --scale ${scale}`, cells, folder)),
  };
}

/** What the page says of a study; its figures are written into the folder. */
export function studySection(folder: string, { study, text, rows: stored, cells, verdicts }: StudyResult): Section {
  const file = join(folder, "rows", "study", "study.yaml");
  const rows = rowsJudged(study, stored as readonly Measurement[]);
  const looks = looksOf(study, stored as readonly Measurement[]);
  const hypotheses = judgedHypotheses(verdicts);
  const own = judgeOwnClaims(study, rows);
  const tested = [
    ...(hypotheses.length > 0
      ? [hypothesesTested(hypotheses, FAMILY_LEVEL, looks)]
      : looks
        ? [looksSentence(looks)]
        : []),
    ...(own.length > 0 ? [claimsTested(own, FAMILY_LEVEL)] : []),
  ];
  return {
    id: "study",
    title: study.title,
    question: study.title,
    settings: [...settingsOf(cells), ...closedForms(rows)],
    claims: [...hypotheses, ...own],
    ...(tested.length > 0 && { tested: tested.join("; ") }),
    ...reliability(study, rows, cells),
    identified: identifications(study, stored as readonly Measurement[]),
    figures: saveFigures(join(folder, "figures", "study"), "study", studyFigures(study), rows),
    notes: [],
    provenance: provenanceOf(cells, rerunCommands(`run ${quoted(file)}`, cells, folder)),
    text,
  };
}

/** A study's risks with their errors apart, and what to know before believing them. */
export function reliability(study: Study, rows: readonly Measurement[], cells: readonly Provenance[]) {
  const by = columnsOf(study);
  const means = meansOf(rows, by, study.pools);
  return { means, warnings: [...mixture(cells), ...heavyLaws(study), ...warningsOf(rows, means, by)] };
}

/** Says where cells do not come from one backend and one version of the numerics: they do not belong together bit for bit. */
export function mixture(cells: readonly Provenance[]): string[] {
  const told = [
    ["backends", distinct(cells.map(({ backend }) => backend))],
    ["versions of the numerics", distinct(cells.map(({ numerics }) => String(numerics)))],
  ] as const;
  return told.flatMap(([what, values]) =>
    values.includes(", ") ? [`the cells come from several ${what}: ${values}`] : [],
  );
}

/** Writes `index.html` into the folder; gives its path. @throws DiskError where it cannot be written */
export function publish(folder: string, sections: readonly Section[], live?: Material["live"]): string {
  const file = join(folder, "index.html");
  const only = sections.length === 1 && sections[0]!.text !== undefined ? sections[0] : undefined;
  const text = page({ title: only?.title ?? "iclab: measured beside theory", sections, ...(live && { live }) });
  writing("the report", folder, () => replaceFile(file, text));
  return file;
}

/** A study's hypotheses in the form of claims. */
export function judgedHypotheses(verdicts: readonly StudyVerdict[]) {
  return verdicts.map(({ says, expect, ...verdict }, i) => ({
    claim: { id: `hypothesis-${i + 1}`, says, expected: "holds" as const, expression: expect },
    verdict,
  }));
}

function settingsOf(cells: readonly Provenance[]): Fact[] {
  const columns = [...new Set(cells.flatMap(({ settings }) => Object.keys(settings)))];
  return columns.map((column) => [column, distinct(cells.map(({ settings }) => String(settings[column] ?? "-")))]);
}

function provenanceOf(cells: readonly Provenance[], commands: readonly string[]): Fact[] {
  const fact = (name: string, read: (cell: Provenance) => string): Fact => [name, distinct(cells.map(read))];
  return [
    fact("version", ({ version, commit }) => (commit ? `${version} at ${commit}` : version)),
    fact("numerics", ({ numerics }) => String(numerics)),
    fact("backend", ({ backend, adapter }) => `${backend} (${adapter})`),
    fact("Node", ({ node }) => node),
    fact("base seed", ({ seed }) => String(seed)),
    ["cells", String(cells.length)],
    ["seconds of computing", cells.reduce((sum, { seconds }) => sum + seconds, 0).toFixed(1)],
    ...commands.map((command): Fact => ["compute again", command]),
  ];
}

function distinct(values: readonly string[]): string {
  return [...new Set(values)].join(", ");
}
