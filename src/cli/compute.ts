import { fileURLToPath } from "node:url";
import { progressOn } from "../runner/progress.js";
import { type Outcome, runExperiment } from "../runner/run-experiment.js";
import type { Part } from "../slurm/grid-cells.js";
import type { GridRequest } from "../slurm/request.js";
import type { BackendName } from "../types.js";
import { computeInWorkers } from "./compute-in-workers.js";
import { UsageError } from "./failure.js";
import { workersOf } from "./limit-options.js";
import { isKept, type RunOptions } from "./run-options.js";
import { sayOnSlurmInterrupt } from "./slurm-interrupt.js";
import { isOnSlurm, periodOf, type SlurmChoices, schedulingOf } from "./slurm-options.js";
import { withMachine } from "./with-machine.js";

/** What is computed: the parts of a grid, and what a task of Slurm needs to come to the same parts. */
export interface Grid {
  readonly of: GridRequest["of"];
  readonly parts: readonly Part[];
  readonly texts: Readonly<Record<string, string>>;
}

/** Computes all parts, on this machine or as jobs of Slurm. @returns their outcomes, in order */
export async function compute({ of, parts, texts }: Grid, options: RunOptions & SlurmChoices): Promise<Outcome[]> {
  for (const { store } of parts) store.open();
  const workers = workersOf(options);
  if (isOnSlurm(options)) {
    if (workers) throw new UsageError("--workers and limits are for this machine; Slurm has --time and --mem");
    if (!isKept(options)) throw new UsageError("--fresh is for this machine; --on slurm keeps what is in --out");
  } else if (workers) return computeInWorkers({ of, parts, texts }, options, workers);
  else
    return withMachine(options, async (machine) => {
      const outcomes: Outcome[] = [];
      for (const { job, store } of parts) outcomes.push(await runExperiment(job, { ...machine, store }));
      return outcomes;
    });
  const scheduling = schedulingOf(options);
  const backend = clusterBackend(options.backend, scheduling.sbatch);
  const progress = progressOn(process.stderr);
  const { out, seed, retry = false } = options;
  sayOnSlurmInterrupt(out, progress, options.cancelOnInterrupt ?? false);
  process.stderr.write(`training on ${backend}, in jobs of Slurm\n`);
  const { runOnSlurm } = await import("../slurm/cluster-grid.js");
  return runOnSlurm(
    parts,
    { of, seed, backend, scheduling },
    {
      ...{ out, texts, retry, progress, every: periodOf(options) },
      program: { node: process.execPath, main: fileURLToPath(new URL("main.js", import.meta.url)) },
      say: (sentence) => void process.stderr.write(`${sentence}\n`),
    },
  );
}

/** The backend of all tasks: the GPU where they are given one, else the CPU. This machine need have neither. */
function clusterBackend(backend: BackendName | "auto", sbatch: readonly string[]): BackendName {
  if (backend !== "auto") return backend;
  return sbatch.some((option) => /^--(gres|gpus[\w-]*)=.*(gpu|\d)/.test(option)) ? "webgpu" : "cpu";
}
