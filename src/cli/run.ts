import { readFileSync } from "node:fs";
import { join } from "node:path";
import { textTable } from "../report/verdict-table.js";
import { openBackend } from "../runner/backends.js";
import { loadCatalogue } from "../runner/catalogue.js";
import { progressOn } from "../runner/progress.js";
import { judgedHypotheses, publishStudy } from "../runner/publish.js";
import { runExperiment } from "../runner/run-experiment.js";
import { Store } from "../runner/store.js";
import { cellSettings, studyExperiment } from "../runner/study-experiment.js";
import { trainerOf } from "../runner/trainer.js";
import { judgeStudy } from "../studies/judge-study.js";
import { parseStudy } from "../studies/parse-study.js";
import type { Measurement } from "../types.js";
import { UsageError } from "./failure.js";
import { sayOnInterrupt } from "./interrupt.js";
import type { RunOptions } from "./reproduce.js";

/** `iclab run`: a study's rows, verdicts, figures and report. */
export async function run(file: string, options: RunOptions): Promise<void> {
  const catalogue = await loadCatalogue();
  const text = readStudy(file);
  const study = await parseStudy(text, file === "-" ? "standard input" : file, catalogue);
  sayOnInterrupt(options.out);
  const store = new Store(join(options.out, "rows", "study"));
  store.open();
  store.keep("study.yaml", text);
  const backend = await openBackend(options.backend);
  const train = await trainerOf(backend);
  process.stderr.write(`training on ${backend.name} (${backend.adapter})\n`);
  const optimum = catalogue.predictors.get("lsa-optimum")!.make({}, { features: 1, context: 1 });
  const experiment = studyExperiment(study, optimum);
  const settings = (columns: Parameters<typeof cellSettings>[1]) => cellSettings(study, columns);
  const job = { id: "study", experiment, cells: experiment.cells("full"), seed: options.seed, settings };
  const progress = progressOn(process.stderr);
  const outcome = await runExperiment(job, { backend, train, store, progress, resume: options.resume ?? false });
  await backend.close();
  const verdicts = judgeStudy(study, outcome.rows as Measurement[]);
  const page = publishStudy(options.out, { study, text, ...outcome, verdicts });
  if (options.json) {
    const provenance = { settings: study.settings, cells: outcome.cells };
    process.stdout.write(`${JSON.stringify({ rows: outcome.rows, verdicts, provenance }, null, 2)}\n`);
  } else process.stdout.write(`${textTable(judgedHypotheses(verdicts))}\nreport: ${page}\n`);
  process.exitCode = verdicts.every(({ holds }) => holds === true) ? 0 : 1;
}

/** @throws UsageError where the file cannot be read. */
function readStudy(file: string): string {
  try {
    return readFileSync(file === "-" ? 0 : file, "utf8");
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const reason = { ENOENT: "there is no such file", EISDIR: "it is a folder", EACCES: "no permission" }[code ?? ""];
    throw new UsageError(`${file}: cannot read the study: ${reason ?? message}`);
  }
}
