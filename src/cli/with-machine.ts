import { openBackend } from "../runner/backends.js";
import { progressOn } from "../runner/progress.js";
import type { Machine } from "../runner/run-experiment.js";
import { trainedTogether, trainerOf } from "../runner/trainer.js";
import { sayOnInterrupt } from "./interrupt.js";
import { isKept, type RunOptions } from "./run-options.js";

/** Seconds between two checkpoints of a long training where nobody says. */
export const CHECKPOINT = 30;

/**
 * Opens the backend, says on stderr which, does the work and closes it, also where the work fails: an engine's threads
 * would keep the process alive.
 *
 * @throws BackendError where the backend does not open; whatever the work throws
 */
export async function withMachine<T>(
  options: RunOptions,
  work: (machine: Omit<Machine, "store">) => Promise<T>,
): Promise<T> {
  const backend = await openBackend(options.backend);
  try {
    const progress = progressOn(process.stderr);
    sayOnInterrupt(options.out, progress);
    process.stderr.write(`training on ${backend.name} (${backend.adapter})\n`);
    const say = (sentence: string) => void process.stderr.write(`${sentence}\n`);
    const { retry = false, checkpoint = CHECKPOINT } = options;
    const train = await trainerOf(backend);
    const checkpoints = checkpoint > 0 ? { checkpointEvery: 1000 * checkpoint } : {};
    const machine = { backend, train, together: trainedTogether(backend), progress, say };
    return await work({ ...machine, resume: isKept(options), retry, ...checkpoints });
  } finally {
    await backend.close();
  }
}
