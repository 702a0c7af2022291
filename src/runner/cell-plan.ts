import { foldIn, keyOf } from "../math/keys.js";
import type { Experiment, Key, Row, Trial } from "../types.js";
import { canonical } from "./canonical.js";
import { cellName, identify } from "./provenance.js";
import type { StoredCell } from "./store.js";

/** What to run: an experiment (a paper's or a study turned into one) and which of its cells. */
export interface Job {
  readonly id: string;
  readonly experiment: Pick<Experiment, "trials" | "measure">;
  readonly cells: readonly Row[];
  /** The user's `--seed`: changes every key, and with it every number. */
  readonly seed: number;
  /** What, beside the cell's columns, decides its rows: a study's parsed settings; nothing for a paper, which is code. */
  settings?(cell: Row): unknown;
  /** The columns that a cell's key is folded from; all of them where left out. */
  keyed?(cell: Row): Row;
}

/** One cell as it is to be computed. */
export interface CellPlan {
  readonly cell: Row;
  readonly key: Key;
  readonly identity: string;
  readonly name: string;
  /** Multiply-adds of the scores of all trials: what the remaining time is estimated from. */
  readonly work: number;
  readonly trials: readonly Trial[];
  /** The finished cell: found in the store, or made. */
  stored: StoredCell | undefined;
}

/** The key of all that happens in a cell of an experiment (`study` for a study). */
export const cellKey = (id: string, seed: number, cell: Row): Key => foldIn(foldIn(keyOf(seed), id), canonical(cell));

/** A cell's trials, key and name. Keys are folded from (seed, experiment, cell): no other cell changes a number. */
export function planOf(job: Job, cell: Row): CellPlan {
  const key = cellKey(job.id, job.seed, job.keyed?.(cell) ?? cell);
  const identity = identify(job.id, cell, job.seed, job.settings?.(cell) ?? null);
  const trials = job.experiment.trials(cell, key);
  const work = trials.reduce((sum, trial) => sum + workOf(trial), 0) || 1;
  return { cell, key, identity, name: cellName(cell, identity), trials, work, stored: undefined };
}

/** Work of a trial in multiply-adds of the scores. */
export function workOf({ schedule, context, law }: Trial): number {
  const pairs = typeof context === "number" ? context : (context.uniform[0] + context.uniform[1]) / 2;
  return schedule.steps * schedule.batch * (pairs + 1) * law.features;
}
