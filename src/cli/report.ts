import { spawn } from "node:child_process";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { OwnFiles } from "../own/own-files.js";
import type { Section } from "../report/material.js";
import { loadCatalogue, loadExperiments } from "../runner/catalogue.js";
import { judgeClaims } from "../runner/judged.js";
import { identify } from "../runner/provenance.js";
import { paperSection, publish, studySection } from "../runner/publish.js";
import { Store, type StoredCell } from "../runner/store.js";
import { cellSettings } from "../runner/study-experiment.js";
import { judgeStudy } from "../studies/judge-study.js";
import { cellsOfLooks, looksMade } from "../studies/looks.js";
import { parseStudy } from "../studies/parse-study.js";
import type { Measurement } from "../types.js";
import { conclude } from "./conclude.js";
import { UsageError } from "./failure.js";
import { bringFrom } from "./load-study.js";
import { KEPT, keptFiles } from "./series-file.js";

/** What `iclab report` is told. */
export interface ReportOptions {
  readonly open?: boolean;
  /** Build the page again as rows arrive. */
  readonly watch?: boolean;
}

/** `iclab report`: judges stored rows again and writes the page; nothing is trained, no backend is opened. */
export async function report(folder: string, { open, watch }: ReportOptions): Promise<void> {
  const show = (page: string) => {
    if (open)
      spawn(process.platform === "darwin" ? "open" : "xdg-open", [page], { detached: true, stdio: "ignore" }).unref();
  };
  if (watch) return (await import("./watch-report.js")).watchReport(folder, show);
  const { sections, rows } = await judgedRows(folder, (sentence) => void process.stderr.write(`${sentence}\n`));
  const page = publish(folder, sections);
  conclude(sections, page, rows);
  show(page);
}

/** What the page says of a folder's rows, and how many there are. @throws UsageError where there are none */
export async function judgedRows(
  folder: string,
  say: (sentence: string) => void,
): Promise<{ readonly sections: readonly Section[]; readonly rows: number }> {
  const names = namesIn(join(folder, "rows"));
  if (names.length === 0)
    throw new UsageError(`${folder} holds no rows; \`iclab reproduce\` and \`iclab run\` write them there`);
  const parts = await papers(folder, names, say);
  if (names.includes("study")) parts.push(await study(folder, say));
  return { sections: parts.map(({ section }) => section), rows: parts.reduce((sum, { rows }) => sum + rows, 0) };
}

type Say = (sentence: string) => void;

interface Part {
  readonly section: Section;
  readonly rows: number;
}

async function papers(folder: string, names: readonly string[], say: Say): Promise<Part[]> {
  const experiments = await loadExperiments();
  const parts: Part[] = [];
  for (const id of names) {
    const experiment = experiments.get(id);
    if (!experiment) continue;
    const store = new Store(join(folder, "rows", id));
    await store.load();
    const stored = store.all();
    sayTorn(stored.torn, say);
    const { rows, cells } = unfolded(stored.cells);
    const section = paperSection(folder, { id, experiment, rows, cells, judged: judgeClaims(experiment, rows) });
    parts.push({ section, rows: rows.length });
  }
  return parts;
}

async function study(folder: string, say: Say): Promise<Part> {
  const store = new Store(join(folder, "rows", "study"));
  const text = store.kept("study.yaml");
  if (text === undefined) throw new UsageError(`${folder}/rows/study has lost its study.yaml; run the study again`);
  const read = keptFiles(store.kept(KEPT));
  const file = `${folder}/rows/study/study.yaml`;
  const study = await parseStudy(text, file, await loadCatalogue(), read, bringFrom(new OwnFiles(file)));
  // Another study may have been run into the same folder: only this one's cells count.
  await store.load();
  const stored = store.all(({ settings, seed, identity }) => {
    return identity === identify("study", settings, seed, cellSettings(study, settings));
  });
  sayTorn(stored.torn, say);
  const { rows, cells } = unfolded(stored.cells);
  sayMissing(say, stored.cells.length, cellsOfLooks(study, looksMade(study, rows as Measurement[])).length);
  const verdicts = judgeStudy(study, rows as Measurement[]);
  return { section: studySection(folder, { study, text, rows, cells, verdicts }), rows: rows.length };
}

function unfolded(stored: readonly StoredCell[]) {
  return { rows: stored.flatMap(({ rows }) => rows), cells: stored.map(({ provenance }) => provenance) };
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder).sort();
  } catch {
    return [];
  }
}

function sayMissing(say: Say, found: number, all: number): void {
  const what = `${found} of ${all} cells have rows, the verdicts speak of these`;
  if (found < all) say(`${what}; the command that made them computes the others`);
  const more = found - all;
  if (more > 0) say(`${more} of ${found} cells are of a look that is not whole, and were left out`);
}

function sayTorn(torn: readonly string[], say: Say): void {
  for (const file of torn) say(`${file} is not whole and was left out`);
}
