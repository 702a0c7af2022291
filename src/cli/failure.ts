import { SeriesError } from "../data/series-error.js";
import { OwnError } from "../own/own-error.js";
import { isMachineFault } from "../runner/machine-fault.js";
import { SlurmError, SlurmRefusal } from "../slurm/slurm-error.js";
import { StudyError } from "../studies/study-error.js";
import { WeightsError } from "../weights/weights-error.js";

/** The user asked for something that does not exist or contradicts itself: status 2. */
export class UsageError extends Error {}

/** One sentence and an exit status for whatever went wrong: 2 bad input, 3 the machine cannot, else 1 with the stack. */
export function failure(error: unknown): { readonly status: number; readonly message: string } {
  const isInput = [UsageError, StudyError, OwnError, WeightsError, SeriesError, SlurmRefusal].some(
    (kind) => error instanceof kind,
  );
  if (isInput) return { status: 2, message: (error as Error).message };
  if (isMachineFault(error) || error instanceof SlurmError) return { status: 3, message: error.message };
  return { status: 1, message: error instanceof Error ? (error.stack ?? error.message) : String(error) };
}
