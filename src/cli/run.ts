import { join } from "node:path";
import { loadCatalogue } from "../runner/catalogue.js";
import { runExperiment } from "../runner/run-experiment.js";
import { Store } from "../runner/store.js";
import { cellSettings, studyExperiment } from "../runner/study-experiment.js";
import { judgeStudy } from "../studies/judge-study.js";
import { parseStudy } from "../studies/parse-study.js";
import type { Measurement, Row } from "../types.js";
import { conclude } from "./conclude.js";
import { readStudy } from "./read-study.js";
import type { RunOptions } from "./run-options.js";
import { KEPT, StudyFiles } from "./series-file.js";
import { withMachine } from "./with-machine.js";

/** `iclab run`: a study's rows, verdicts, figures and report. */
export async function run(file: string, options: RunOptions): Promise<void> {
  const catalogue = await loadCatalogue();
  const text = readStudy(file);
  const files = new StudyFiles(file);
  const study = await parseStudy(text, file === "-" ? "standard input" : file, catalogue, files.read);
  const store = new Store(join(options.out, "rows", "study"));
  store.open();
  store.keep("study.yaml", text);
  const kept = files.kept();
  if (kept !== null) store.keep(KEPT, kept);
  const optimum = catalogue.predictors.get("lsa-optimum")!.make({}, { features: 1, context: 1 });
  const experiment = studyExperiment(study, optimum);
  const settings = (columns: Row) => cellSettings(study, columns);
  const job = { id: "study", experiment, cells: experiment.cells("full"), seed: options.seed, settings };
  const { rows, cells, failed } = await withMachine(options, (machine) => runExperiment(job, { ...machine, store }));
  const verdicts = judgeStudy(study, rows as Measurement[]);
  // Drawing takes a while to load: a mistake in the study, told above, does not wait for it.
  const { publish, studySection } = await import("../runner/publish.js");
  const section = studySection(options.out, { study, text, rows, cells, verdicts });
  const page = publish(options.out, [section]);
  const identified = identifications(rows as Measurement[]);
  if (!options.json)
    process.stdout.write(identified.map(({ model, at, says }) => `${model} (${at}): ${says}\n`).join(""));
  const document = {
    rows,
    verdicts,
    means: section.means ?? [],
    warnings: section.warnings ?? [],
    ...(identified.length > 0 && { identify: identified }),
    provenance: { settings: study.settings, cells },
  };
  conclude([section], page, rows.length, options.json ? document : undefined);
  if (failed.length > 0) process.exitCode = 1;
}

/** What `identify` found of each model in each cell and seed: once, as it does not depend on the test. */
function identifications(rows: readonly Measurement[]) {
  const found = new Map<string, { readonly model: string; readonly at: string } & Row>();
  for (const { name, context, seed, identified, identifiedDistance, identifiedError, identifiedSays } of rows) {
    if (typeof identifiedSays !== "string") continue;
    const at = `context ${context}, seed ${seed}`;
    const columns = { name: identified!, distance: identifiedDistance!, standardError: identifiedError! };
    found.set(`${name} ${at} ${identifiedSays}`, { model: name, at, ...columns, says: identifiedSays });
  }
  return [...found.values()];
}
