import type { Job } from "../runner/cell-plan.js";
import { cellSettings, keyColumns, studyExperiment } from "../runner/study-experiment.js";
import { cellsOfLooks } from "../studies/looks.js";
import type { Study } from "../studies/study.js";
import type { Row } from "../types.js";
import { loadStudy } from "./load-study.js";

/** A study as it was read, and what there is to compute of it. */
export interface StudyJob {
  readonly study: Study;
  readonly text: string;
  /** The study and what it was read with, by the names under which they are kept: enough to read it again elsewhere. */
  readonly texts: Readonly<Record<string, string>>;
  /** Its cells are those of all looks that the study may make. */
  readonly job: Job;
}

/** Reads a study. @throws UsageError, StudyError */
export async function studyJob(file: string, seed: number): Promise<StudyJob> {
  const { study, text, texts, catalogue } = await loadStudy(file);
  const optimum = catalogue.predictors.get("lsa-optimum")!.make({}, { features: 1, context: 1 });
  const experiment = studyExperiment(study, optimum);
  const cells = cellsOfLooks(study, study.sequential?.sizes.length ?? 1).map(({ columns }) => columns);
  const settings = (columns: Row) => cellSettings(study, columns);
  return {
    ...{ study, text, texts },
    job: { id: "study", experiment, cells, seed, settings, keyed: keyColumns },
  };
}
