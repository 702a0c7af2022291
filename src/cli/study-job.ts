import { loadCatalogue } from "../runner/catalogue.js";
import type { Job } from "../runner/cell-plan.js";
import { cellSettings, studyExperiment } from "../runner/study-experiment.js";
import { parseStudy } from "../studies/parse-study.js";
import type { Study } from "../studies/study.js";
import type { Row } from "../types.js";
import { readStudy } from "./read-study.js";
import { KEPT, StudyFiles } from "./series-file.js";

/** A study as it was read, and what there is to compute of it. */
export interface StudyJob {
  readonly study: Study;
  readonly text: string;
  /** The study and what it was read with, by the names under which they are kept: enough to read it again elsewhere. */
  readonly texts: Readonly<Record<string, string>>;
  readonly job: Job;
}

/** Reads a study. @throws UsageError, StudyError */
export async function studyJob(file: string, seed: number): Promise<StudyJob> {
  const catalogue = await loadCatalogue();
  const text = readStudy(file);
  const files = new StudyFiles(file);
  const study = await parseStudy(text, file === "-" ? "standard input" : file, catalogue, files.read);
  const kept = files.kept();
  const optimum = catalogue.predictors.get("lsa-optimum")!.make({}, { features: 1, context: 1 });
  const experiment = studyExperiment(study, optimum);
  const settings = (columns: Row) => cellSettings(study, columns);
  return {
    ...{ study, text, texts: { "study.yaml": text, ...(kept !== null && { [KEPT]: kept }) } },
    job: { id: "study", experiment, cells: experiment.cells("full"), seed, settings },
  };
}
