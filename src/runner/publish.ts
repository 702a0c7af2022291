import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { riskCurve } from "../figures/risk-curve.js";
import { drawFigure } from "../report/draw-figure.js";
import type { DrawnFigure, Fact, Material, Section } from "../report/material.js";
import { page } from "../report/page.js";
import { pngOf } from "../report/png.js";
import type { StudyVerdict } from "../studies/judge-study.js";
import type { Study } from "../studies/study.js";
import type { Experiment, Figure, Row } from "../types.js";
import type { Judged } from "./judged.js";
import type { Provenance } from "./provenance.js";

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

/** Writes `index.html` and the figures of papers into the folder; gives the page's path. */
export function publishExperiments(folder: string, results: readonly Reproduced[]): string {
  const sections = results.map(({ id, experiment, rows, cells, judged }): Section => {
    const { title, authors, year, arxiv } = experiment.paper;
    return {
      id,
      title,
      byline: `${authors} (${year})`,
      link: `https://arxiv.org/abs/${arxiv}`,
      question: experiment.question,
      settings: settingsOf(cells),
      claims: judged,
      figures: saveFigures(join(folder, "figures", id), id, experiment.figures, rows),
      notes: experiment.notes,
      provenance: provenanceOf(cells),
    };
  });
  return writePage(folder, { title: "iclab: papers beside their theory", sections });
}

/** Writes `index.html` and the figures of a study into the folder; gives the page's path. */
export function publishStudy(folder: string, { study, text, rows, cells, verdicts }: StudyResult): string {
  const section: Section = {
    id: "study",
    title: study.title,
    question: study.title,
    settings: settingsOf(cells),
    claims: judgedHypotheses(verdicts),
    figures: saveFigures(join(folder, "figures", "study"), "study", [studyFigure(study)], rows),
    notes: [],
    provenance: provenanceOf(cells),
    text,
  };
  return writePage(folder, { title: study.title, sections: [section] });
}

/** A study's hypotheses in the form of claims. */
export function judgedHypotheses(verdicts: readonly StudyVerdict[]) {
  return verdicts.map(({ says, expect, ...verdict }, i) => ({
    claim: { id: `hypothesis-${i + 1}`, says, expected: "holds" as const, expression: expect },
    verdict,
  }));
}

/** Draws every figure from the rows as SVG and PNG files. */
export function saveFigures(
  folder: string,
  page: string,
  figures: readonly Figure[],
  rows: readonly Row[],
): readonly DrawnFigure[] {
  mkdirSync(folder, { recursive: true });
  return figures.map((figure) => {
    const drawn = drawFigure(figure, rows, page);
    writeFileSync(join(folder, `${drawn.id}.svg`), drawn.svg);
    writeFileSync(join(folder, `${drawn.id}.png`), pngOf(drawn.svg));
    return drawn;
  });
}

function writePage(folder: string, material: Material): string {
  const file = join(folder, "index.html");
  writeFileSync(file, page(material));
  return file;
}

/** Risk against the first numeric column that varies, else against the context. */
function studyFigure({ cells }: Study): Figure {
  const points = cells.flatMap((cell) => cell.tests.map((test) => ({ ...cell.columns, ...test.columns })));
  const varies = (column: string) => new Set(points.map((point: Row) => point[column])).size > 1;
  const numeric = (column: string) => points.every((point: Row) => typeof point[column] === "number");
  const column = Object.keys(points[0] ?? {}).find((name) => varies(name) && numeric(name)) ?? "testContext";
  const label = { context: "context pairs n", testContext: "context pairs at test" }[column] ?? column;
  return {
    id: "risk",
    title: `Risk against ${label}`,
    caption: "",
    plot: (rows) =>
      riskCurve(rows, { x: { column, label }, y: { column: "risk", label: "risk: mean squared error", scale: "log" } }),
  };
}

function settingsOf(cells: readonly Provenance[]): Fact[] {
  const columns = [...new Set(cells.flatMap(({ settings }) => Object.keys(settings)))];
  return columns.map((column) => [column, distinct(cells.map(({ settings }) => String(settings[column] ?? "-")))]);
}

function provenanceOf(cells: readonly Provenance[]): Fact[] {
  const fact = (name: string, read: (cell: Provenance) => string): Fact => [name, distinct(cells.map(read))];
  return [
    fact("version", ({ version, commit }) => (commit ? `${version} at ${commit}` : version)),
    fact("numerics", ({ numerics }) => String(numerics)),
    fact("backend", ({ backend, adapter }) => `${backend} (${adapter})`),
    fact("Node", ({ node }) => node),
    fact("base seed", ({ seed }) => String(seed)),
    ["cells", String(cells.length)],
    ["seconds of computing", cells.reduce((sum, { seconds }) => sum + seconds, 0).toFixed(1)],
  ];
}

function distinct(values: readonly string[]): string {
  return [...new Set(values)].join(", ");
}
