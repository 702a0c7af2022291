import { dirname, join } from "node:path";
import { type Job, planOf } from "../runner/cell-plan.js";
import { runExperiment } from "../runner/run-experiment.js";
import { Store } from "../runner/store.js";
import { SlurmError } from "../slurm/slurm-error.js";
import { readSubmission, type StoredSubmission } from "../slurm/submission.js";
import type { Row } from "../types.js";
import { paperJobs } from "./reproduce.js";
import { studyJob } from "./study-job.js";
import { withMachine } from "./with-machine.js";

/**
 * What a task of a job array runs: its cells of a grid, with the grid's store, reservations and signs of life. Cells that
 * have rows are left, so that a task that is begun again does what is missing. Status 1 where a cell failed.
 */
export async function slurmTask(folder: string, index: number): Promise<void> {
  const submission = readSubmission(folder);
  const cells = submission?.tasks[index];
  if (!submission || !cells) throw new SlurmError(`${folder} holds no task ${index}`);
  const out = dirname(dirname(folder));
  const jobs = wanted(await jobsOf(submission), cells);
  const { seed, backend } = submission.request;
  await withMachine({ seed, backend, out, resume: true }, async (machine) => {
    for (const job of jobs) {
      const store = new Store(join(out, "rows", job.id));
      store.open();
      const { failed } = await runExperiment(job, { ...machine, store, part: true });
      if (failed.length > 0) process.exitCode = 1;
    }
  });
}

async function jobsOf({ request, folder }: StoredSubmission): Promise<Job[]> {
  const { of, seed } = request;
  if ("paper" in of) return paperJobs(of.paper, of.scale, seed);
  return [(await studyJob(join(folder, "study.yaml"), seed)).job];
}

/** The jobs with the cells of one task alone. */
function wanted(jobs: readonly Job[], cells: readonly string[]): Job[] {
  const own = new Set(cells);
  const isOwn = (job: Job, cell: Row) => own.has(`${job.id}/${planOf(job, cell).name}`);
  const found = jobs.map((job) => ({ ...job, cells: job.cells.filter((cell) => isOwn(job, cell)) }));
  const missing = cells.length - found.reduce((sum, job) => sum + job.cells.length, 0);
  if (missing > 0)
    throw new SlurmError(
      `${missing} of ${cells.length} cells are not in the grid as this iclab reads it: iclab, or a file that the study ` +
        "names, was changed since the task was submitted; what is submitted from now on has the change",
    );
  return found.filter((job) => job.cells.length > 0);
}
