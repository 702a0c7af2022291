import { join } from "node:path";
import type { Identified } from "../report/material.js";
import { Store } from "../runner/store.js";
import { judgeStudy, looksOf } from "../studies/judge-study.js";
import type { Measurement } from "../types.js";
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
  const identified = section.identified ?? [];
  if (!options.json)
    process.stdout.write(identified.map(({ model, cell, says }) => `${model} (${cell}): ${says}\n`).join(""));
  const document = {
    rows,
    verdicts,
    means: section.means ?? [],
    warnings: section.warnings ?? [],
    ...(study.sequential && { looks: looksOf(study, rows as Measurement[]) }),
    ...(study.claims.length > 0 && { claims: section.claims.slice(verdicts.length) }),
    ...(identified.length > 0 && { identify: identified.map(jsonOf) }),
    provenance: { settings: study.settings, cells },
  };
  conclude([section], page, rows.length, options.json ? document : undefined);
  if (failed.length > 0) process.exitCode = 1;
}

/** What `identify` found of a model, in the words of `--json`. */
function jsonOf({ model, cell, is, best, next, alike, says }: Identified) {
  const { distance = null, standardError = null } = best ?? {};
  return { model, at: cell, name: is, distance, standardError, next, alike, says };
}
