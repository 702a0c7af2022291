import type { BackendName, Scale } from "../types.js";

/** How a user wants the tasks of a grid to be scheduled. */
export interface Scheduling {
  /** Options of sbatch in their long form: `--partition=main`. */
  readonly sbatch: readonly string[];
  /** Cells in a task; as many as make a hundred tasks where left out. */
  readonly chunk?: number;
  /** Tasks that run at a time; as many as Slurm lets where left out. */
  readonly maxRunning?: number;
  /** Lines of shell that a task begins with, such as `module load nodejs`. */
  readonly before: readonly string[];
}

/** What a grid on Slurm was started with: enough to go on with it from its folder alone. */
export interface GridRequest {
  /** A study's own text lies beside the rows. */
  readonly of: { readonly study: true } | { readonly paper: string; readonly scale: Scale };
  readonly seed: number;
  /** Never `auto`: nodes may differ, and all cells are to come from one backend. */
  readonly backend: BackendName;
  readonly scheduling: Scheduling;
}

/** What is asked for now over what was asked for before: an option of sbatch replaces the one of its name. */
export function rescheduled(before: Scheduling, now: Scheduling): Scheduling {
  const nameOf = (option: string) => option.split("=")[0];
  const replaced = new Set(now.sbatch.map(nameOf));
  return {
    ...before,
    ...now,
    sbatch: [...before.sbatch.filter((option) => !replaced.has(nameOf(option))), ...now.sbatch],
    before: now.before.length > 0 ? now.before : before.before,
  };
}
