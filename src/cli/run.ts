import { join } from "node:path";
import { Store } from "../runner/store.js";
import { judgeStudy, looksOf } from "../studies/judge-study.js";
import type { Measurement, Row } from "../types.js";
import { computeLooks } from "./compute-looks.js";
import { conclude } from "./conclude.js";
import type { RunOptions } from "./run-options.js";
import type { SlurmChoices } from "./slurm-options.js";
import { studyJob } from "./study-job.js";

/** `iclab run`: a study's rows, verdicts, figures and report. */
export async function run(file: string, options: RunOptions & SlurmChoices): Promise<void> {
  const { study, text, texts, job } = await studyJob(file, options.seed);
  const store = new Store(join(options.out, "rows", job.id));
  store.open();
  for (const [name, kept] of Object.entries(texts)) store.keep(name, kept);
  const { rows, cells, failed } = await computeLooks(study, { of: { study: true }, job, store, texts }, options);
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
    ...(study.sequential && { looks: looksOf(study, rows as Measurement[]) }),
    ...(study.claims.length > 0 && { claims: section.claims.slice(verdicts.length) }),
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
