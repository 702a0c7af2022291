import { openBackend } from "../runner/backends.js";
import { progressOn } from "../runner/progress.js";
import type { Machine } from "../runner/run-experiment.js";
import { trainedTogether, trainerOf } from "../runner/trainer.js";
import { sayOnInterrupt } from "./interrupt.js";
import type { RunOptions } from "./run-options.js";

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
    const { resume = false, retry = false } = options;
    const train = await trainerOf(backend);
    return await work({ backend, train, together: trainedTogether(backend), progress, resume, retry, say });
  } finally {
    await backend.close();
  }
}
