import { spawn } from "node:child_process";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { textTable } from "../report/verdict-table.js";
import { loadCatalogue, loadExperiments } from "../runner/catalogue.js";
import { judgeClaims } from "../runner/judged.js";
import { identify } from "../runner/provenance.js";
import { judgedHypotheses, publishExperiments, publishStudy } from "../runner/publish.js";
import { Store } from "../runner/store.js";
import { cellSettings } from "../runner/study-experiment.js";
import { judgeStudy } from "../studies/judge-study.js";
import { parseStudy } from "../studies/parse-study.js";
import type { Measurement } from "../types.js";
import { UsageError } from "./failure.js";

/** `iclab report`: judges stored rows again and writes the page; nothing is trained, no backend is opened. */
export async function report(folder: string, { open }: { readonly open?: boolean }): Promise<void> {
  const names = namesIn(join(folder, "rows"));
  if (names.length === 0)
    throw new UsageError(`${folder} holds no rows; \`iclab reproduce\` and \`iclab run\` write them there`);
  const page = names.includes("study") ? await reportStudy(folder) : await reportExperiments(folder, names);
  process.stdout.write(`report: ${page}\n`);
  if (open)
    spawn(process.platform === "darwin" ? "open" : "xdg-open", [page], { detached: true, stdio: "ignore" }).unref();
}

async function reportExperiments(folder: string, names: readonly string[]): Promise<string> {
  const experiments = await loadExperiments();
  const results = names.flatMap((id) => {
    const experiment = experiments.get(id);
    if (!experiment) return [];
    const { cells, torn } = new Store(join(folder, "rows", id)).all();
    sayTorn(torn);
    const rows = cells.flatMap((cell) => cell.rows);
    return [
      { id, experiment, rows, cells: cells.map(({ provenance }) => provenance), judged: judgeClaims(experiment, rows) },
    ];
  });
  const claims = results.flatMap(({ id, judged }) => judged.map((each) => ({ experiment: id, ...each })));
  process.stdout.write(`${textTable(claims)}\n`);
  process.exitCode = claims.length > 0 && claims.every(({ asExpected }) => asExpected) ? 0 : 1;
  return publishExperiments(folder, results);
}

async function reportStudy(folder: string): Promise<string> {
  const store = new Store(join(folder, "rows", "study"));
  const text = store.kept("study.yaml");
  if (text === undefined) throw new UsageError(`${folder}/rows/study has lost its study.yaml; run the study again`);
  const study = await parseStudy(text, "study.yaml", await loadCatalogue());
  const { cells: all, torn } = store.all();
  sayTorn(torn);
  // Another study may have been run into the same folder: only this one's cells count.
  const cells = all.filter(({ provenance: { settings, seed, identity } }) => {
    return identity === identify("study", settings, seed, cellSettings(study, settings));
  });
  const rows = cells.flatMap((cell) => cell.rows);
  const verdicts = judgeStudy(study, rows as Measurement[]);
  process.stdout.write(`${textTable(judgedHypotheses(verdicts))}\n`);
  process.exitCode = verdicts.every(({ holds }) => holds === true) ? 0 : 1;
  return publishStudy(folder, { study, text, rows, cells: cells.map(({ provenance }) => provenance), verdicts });
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder).sort();
  } catch {
    return [];
  }
}

function sayTorn(torn: readonly string[]): void {
  for (const file of torn) process.stderr.write(`${file} is not whole and was left out; --resume computes it again\n`);
}
