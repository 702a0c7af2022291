import { foldIn, keyOf } from "../math/keys.js";
import type { Experiment, Key, OpenBackend, Row, Run, Snapshot, Trial } from "../types.js";
import { canonical } from "./canonical.js";
import type { Progress } from "./progress.js";
import { cellName, identify, type Provenance, runProvenance } from "./provenance.js";
import type { Store } from "./store.js";
import type { Trainer } from "./trainer.js";

/** What to run: an experiment (a paper's or a study turned into one) and which of its cells. */
export interface Job {
  readonly id: string;
  readonly experiment: Pick<Experiment, "trials" | "measure">;
  readonly cells: readonly Row[];
  /** The user's `--seed`: changes every key, and with it every number. */
  readonly seed: number;
  /** What, beside the cell's columns, decides its rows: a study's parsed settings; nothing for a paper, which is code. */
  settings?(cell: Row): unknown;
}

export interface Machine {
  readonly backend: OpenBackend;
  readonly train: Trainer;
  readonly store: Store;
  readonly progress: Progress;
  /** Take finished cells with the same identity from the store instead of computing them again. */
  readonly resume: boolean;
  readonly signal?: AbortSignal;
}

export interface Outcome {
  readonly rows: readonly Row[];
  readonly cells: readonly Provenance[];
  readonly reused: number;
}

/**
 * Trains and measures every cell, one after another, and stores each as soon as it is finished.
 * Keys are folded from (seed, experiment, cell), so no other cell's presence or order changes a number.
 *
 * @throws StoreError when rows cannot be written; whatever the signal's reason is when it is aborted.
 */
export async function runExperiment(job: Job, machine: Machine): Promise<Outcome> {
  const shared = runProvenance(machine.backend);
  const base = foldIn(keyOf(job.seed), job.id);
  const plans = job.cells.map((cell) => plan(job, cell, foldIn(base, canonical(cell))));
  machine.progress.start(job.id, plans.length, sum(plans.map((each) => each.work)));
  const rows: Row[] = [];
  const cells: Provenance[] = [];
  let reused = 0;
  for (const { cell, key, identity, name, work } of plans) {
    const stored = machine.resume ? machine.store.read(name) : undefined;
    if (stored) {
      rows.push(...stored.rows);
      cells.push(stored.provenance);
      reused++;
      machine.progress.advance(work);
      machine.progress.finish(name);
      continue;
    }
    const begun = performance.now();
    const trials = job.experiment.trials(cell, key);
    const runs = await trainAll(trials, machine);
    const env = { key, ...(machine.signal && { signal: machine.signal }) };
    const measured = await job.experiment.measure(cell, runs, env);
    machine.signal?.throwIfAborted();
    const provenance: Provenance = {
      experiment: job.id,
      cell: name,
      settings: cell,
      identity,
      seed: job.seed,
      key,
      rows: measured.length,
      ...shared,
      seconds: Math.round(performance.now() - begun) / 1000,
      finished: new Date().toISOString(),
      training: trials.map(({ schedule, mixer, law, context }) => ({
        mixer: mixer.name,
        law: law.name,
        context,
        schedule,
      })),
    };
    machine.store.write({ provenance, rows: measured });
    rows.push(...measured);
    cells.push(provenance);
    machine.progress.finish(name);
  }
  machine.progress.stop();
  return { rows, cells, reused };
}

function plan(job: Job, cell: Row, key: Key) {
  const identity = identify(job.id, cell, job.seed, job.settings?.(cell) ?? null);
  const trials = job.experiment.trials(cell, key);
  return { cell, key, identity, name: cellName(cell, identity), work: sum(trials.map(workOf)) || 1 };
}

/** Work of a trial in multiply-adds of the scores: what the remaining time is estimated from. */
function workOf({ schedule, context, law }: Trial): number {
  const pairs = typeof context === "number" ? context : (context.uniform[0] + context.uniform[1]) / 2;
  return schedule.steps * schedule.batch * (pairs + 1) * law.features;
}

async function trainAll(trials: readonly Trial[], machine: Machine): Promise<Run[]> {
  const snapshots: Snapshot[][] = trials.map(() => []);
  const done = trials.map(() => 0);
  const env = machine.signal ? { signal: machine.signal } : {};
  if (trials.length > 0)
    for await (const snapshot of machine.train(trials, env)) {
      const { trial, step } = snapshot;
      snapshots[trial]!.push(snapshot);
      machine.progress.advance((workOf(trials[trial]!) * (step - done[trial]!)) / trials[trial]!.schedule.steps);
      done[trial] = step;
    }
  trials.forEach((trial, i) => {
    machine.progress.advance(workOf(trial) * (1 - done[i]! / trial.schedule.steps));
  });
  return trials.map((trial, i) => ({
    trial,
    snapshots: snapshots[i]!.filter(({ status }) => status === "ok"),
    status: snapshots[i]!.some(({ status }) => status === "diverged") ? "diverged" : "ok",
  }));
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
