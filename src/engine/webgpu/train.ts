import { checkTrial } from "../../training/check-trial.js";
import { unflatten } from "../../training/flat-weights.js";
import type { Checkpoints, Snapshot, Train } from "../../types.js";
import type { OpenWebgpu } from "./backend.js";
import { type Entrant, entrantOf, structureOf } from "./entrants.js";
import { OutOfMemory } from "./launch.js";
import { Sweep } from "./sweep.js";

/**
 * Trains trials on a GPU by their kernel programs: trials of one structure together, for as many updates a dispatch as
 * fit into a quarter of a second. Keys, prompts and updates are those of the CPU engine; sums are in float32, so that
 * weights agree up to its rounding.
 *
 * A trial ends early, without touching the others, when it diverges or when its `done` says so. A launch that the device
 * has no room for is made in two halves; a device that is lost is replaced by a new one, from the last checkpoint on.
 * From a checkpoint of the same layout on the same adapter training goes on bit for bit; from another it begins again.
 *
 * @throws RangeError on a schedule or prompts that cannot be; DeviceError where the device is lost for good; Error where
 *   it does not do what it was asked; whatever `signal` was aborted with, within a dispatch.
 */
export const train: Train<OpenWebgpu> = async function* (trials, { backend, signal, checkpoints }) {
  for (const trial of trials) checkTrial(trial);
  signal?.throwIfAborted();
  const waiting: Entrant[] = [];
  for (const entrant of trials.map(entrantOf)) {
    const last = checkpoints?.ended.get(entrant.index);
    if (last !== undefined || checkpoints?.from.has(entrant.index)) {
      // What ended at its first step was never among those that a layout is made for; the others are still.
      if (last !== 0) waiting.push(entrant);
      continue;
    }
    const first = initialSnapshot(entrant);
    if (entrant.stops[0] === 0) yield first;
    const over = entrant.trial.schedule.steps === 0 || (entrant.stops[0] === 0 && isDone(entrant, first));
    if (!over) waiting.push(entrant);
  }
  const groups = new Map<string, Entrant[]>();
  for (const entrant of waiting) {
    const structure = structureOf(entrant);
    groups.set(structure, [...(groups.get(structure) ?? []), entrant]);
  }
  for (const entrants of groups.values()) yield* trainTogether(entrants, backend, signal, checkpoints);
};

async function* trainTogether(
  entrants: readonly Entrant[],
  backend: OpenWebgpu,
  signal: AbortSignal | undefined,
  checkpoints: Checkpoints | undefined,
): AsyncGenerator<Snapshot> {
  if (entrants.every(({ index }) => checkpoints?.ended.has(index))) return;
  let sweep: Sweep;
  try {
    sweep = await Sweep.start(backend, entrants, checkpoints);
  } catch (error) {
    if (!(error instanceof OutOfMemory) || entrants.length === 1) throw error;
    const half = Math.ceil(entrants.length / 2);
    yield* trainTogether(entrants.slice(0, half), backend, signal, checkpoints);
    yield* trainTogether(entrants.slice(half), backend, signal, checkpoints);
    return;
  }
  try {
    if (sweep.refused.length > 0) checkpoints!.refuse(sweep.refused.map(({ index }) => index));
    for (const entrant of sweep.refused) if (entrant.stops[0] === 0) yield initialSnapshot(entrant);
    while (!sweep.finished) {
      const done = new Set<number>();
      for (const snapshot of await sweep.next(signal)) {
        yield snapshot;
        const entrant = entrants.find(({ index }) => index === snapshot.trial)!;
        if (snapshot.status === "ok" && isDone(entrant, snapshot)) done.add(entrant.index);
      }
      await sweep.drop(done);
    }
  } finally {
    sweep.close();
  }
}

function initialSnapshot({ index, layout, initial }: Entrant): Snapshot {
  return { trial: index, step: 0, loss: null, status: "ok", weights: unflatten(layout, initial) };
}

function isDone({ trial }: Entrant, snapshot: Snapshot): boolean {
  return trial.done?.(snapshot) ?? false;
}
