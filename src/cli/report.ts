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

/** `iclab report`: judges stored rows again and writes the page; nothing is trained, no backend is opened. */
export async function report(folder: string, { open }: { readonly open?: boolean }): Promise<void> {
  const names = namesIn(join(folder, "rows"));
  if (names.length === 0)
    throw new UsageError(`${folder} holds no rows; \`iclab reproduce\` and \`iclab run\` write them there`);
  const parts = await papers(folder, names);
  if (names.includes("study")) parts.push(await study(folder));
  const sections = parts.map(({ section }) => section);
  const page = publish(folder, sections);
  conclude(
    sections,
    page,
    parts.reduce((sum, { rows }) => sum + rows, 0),
  );
  if (open)
    spawn(process.platform === "darwin" ? "open" : "xdg-open", [page], { detached: true, stdio: "ignore" }).unref();
}

interface Part {
  readonly section: Section;
  readonly rows: number;
}

async function papers(folder: string, names: readonly string[]): Promise<Part[]> {
  const experiments = await loadExperiments();
  const parts: Part[] = [];
  for (const id of names) {
    const experiment = experiments.get(id);
    if (!experiment) continue;
    const store = new Store(join(folder, "rows", id));
    await store.load();
    const stored = store.all();
    sayTorn(stored.torn);
    const { rows, cells } = unfolded(stored.cells);
    const section = paperSection(folder, { id, experiment, rows, cells, judged: judgeClaims(experiment, rows) });
    parts.push({ section, rows: rows.length });
  }
  return parts;
}

async function study(folder: string): Promise<Part> {
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
  sayTorn(stored.torn);
  const { rows, cells } = unfolded(stored.cells);
  sayMissing(stored.cells.length, cellsOfLooks(study, looksMade(study, rows as Measurement[])).length);
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

function sayMissing(found: number, all: number): void {
  const what = `${found} of ${all} cells have rows, the verdicts speak of these`;
  if (found < all) process.stderr.write(`${what}; the command that made them computes the others\n`);
  const more = found - all;
  if (more > 0) process.stderr.write(`${more} of ${found} cells are of a look that is not whole, and were left out\n`);
}

function sayTorn(torn: readonly string[]): void {
  for (const file of torn) process.stderr.write(`${file} is not whole and was left out\n`);
}
