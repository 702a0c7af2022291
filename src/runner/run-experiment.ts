import { foldIn, keyOf } from "../math/keys.js";
import type { Experiment, Key, OpenBackend, Row, Run, Snapshot, Trial } from "../types.js";
import { canonical } from "./canonical.js";
import type { Progress } from "./progress.js";
import { cellName, identify, type Provenance, runProvenance } from "./provenance.js";
import type { Store, StoredCell } from "./store.js";
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
  /** Take finished cells with the same identity and backend from the store instead of computing them again. */
  readonly resume: boolean;
  readonly signal?: AbortSignal;
}

export interface Outcome {
  readonly rows: readonly Row[];
  readonly cells: readonly Provenance[];
  /** Cells that were taken from the store. */
  readonly reused: number;
}

/**
 * Trains and measures every cell, in order, and stores each as soon as it is finished. While one is measured the next is
 * trained already: the engine's threads and this one have different work.
 * Keys are folded from (seed, experiment, cell), so no other cell's presence or order changes a number.
 *
 * @throws DiskError when rows cannot be written; whatever the signal's reason is when it is aborted.
 */
export async function runExperiment(job: Job, machine: Machine): Promise<Outcome> {
  const shared = runProvenance(machine.backend);
  const plans = job.cells.map((cell) => plan(job, cell, cellKey(job.id, job.seed, cell), machine));
  const over = new AbortController();
  const signal = machine.signal ? AbortSignal.any([machine.signal, over.signal]) : over.signal;
  const waiting = plans.filter(({ stored }) => stored === undefined);
  machine.progress.start(job.id, plans.length, sum(waiting.map(({ work }) => work)));
  const trainings = new Map<Plan, Promise<Trained>>();
  const begin = (plan: Plan | undefined) => {
    if (plan === undefined || trainings.has(plan)) return;
    const training = trainAll(plan, machine, signal);
    // Whoever awaits it hears of a failure; until then it is nobody's.
    training.catch(() => {});
    trainings.set(plan, training);
  };
  const finished: StoredCell[] = [];
  try {
    for (const plan of plans) {
      const kept = plan.stored !== undefined;
      if (plan.stored === undefined) {
        begin(plan);
        const trained = await trainings.get(plan)!;
        trainings.delete(plan);
        begin(waiting[waiting.indexOf(plan) + 1]);
        plan.stored = await measureCell(job, plan, trained, shared, signal);
        machine.store.write(plan.stored);
      }
      finished.push(plan.stored);
      machine.progress.finish(plan.name, kept);
    }
  } finally {
    over.abort();
    machine.progress.stop();
  }
  return {
    rows: finished.flatMap(({ rows }) => rows),
    cells: finished.map(({ provenance }) => provenance),
    reused: plans.length - waiting.length,
  };
}

/** The key of all that happens in a cell of an experiment (`study` for a study). */
export const cellKey = (id: string, seed: number, cell: Row): Key => foldIn(foldIn(keyOf(seed), id), canonical(cell));

interface Plan {
  readonly cell: Row;
  readonly key: Key;
  readonly identity: string;
  readonly name: string;
  readonly work: number;
  readonly trials: readonly Trial[];
  /** The finished cell: found in the store, or made. */
  stored: StoredCell | undefined;
}

interface Trained {
  readonly runs: readonly Run[];
  readonly seconds: number;
}

async function measureCell(
  job: Job,
  { cell, key, identity, name, trials }: Plan,
  { runs, seconds }: Trained,
  shared: ReturnType<typeof runProvenance>,
  signal: AbortSignal,
): Promise<StoredCell> {
  const begun = performance.now();
  const rows = await job.experiment.measure(cell, runs, { key, signal });
  signal.throwIfAborted();
  const provenance: Provenance = {
    experiment: job.id,
    cell: name,
    settings: cell,
    identity,
    seed: job.seed,
    key,
    rows: rows.length,
    ...shared,
    seconds: Math.round(1000 * (seconds + (performance.now() - begun) / 1000)) / 1000,
    finished: new Date().toISOString(),
    training: trials.map(({ schedule, mixer, law, context, prompts, random }) => ({
      mixer: mixer.name,
      law: law.name,
      context,
      schedule,
      prompts,
      random,
    })),
  };
  return { provenance, rows };
}

function plan(job: Job, cell: Row, key: Key, { resume, store, backend }: Machine): Plan {
  const identity = identify(job.id, cell, job.seed, job.settings?.(cell) ?? null);
  const trials = job.experiment.trials(cell, key);
  const name = cellName(cell, identity);
  const found = resume ? store.read(name) : undefined;
  // Backends differ by rounding, and a backend that was named is often the check of another one.
  const stored = found?.provenance.backend === backend.name ? found : undefined;
  return { cell, key, identity, name, trials, work: sum(trials.map(workOf)) || 1, stored };
}

/** Work of a trial in multiply-adds of the scores: what the remaining time is estimated from. */
function workOf({ schedule, context, law }: Trial): number {
  const pairs = typeof context === "number" ? context : (context.uniform[0] + context.uniform[1]) / 2;
  return schedule.steps * schedule.batch * (pairs + 1) * law.features;
}

async function trainAll({ trials, work }: Plan, machine: Machine, signal: AbortSignal): Promise<Trained> {
  const begun = performance.now();
  const snapshots: Snapshot[][] = trials.map(() => []);
  let [advanced, steps] = [0, trials.map(() => 0)];
  const advance = (to: number) => {
    machine.progress.advance(to - advanced);
    advanced = to;
  };
  if (trials.length > 0)
    for await (const snapshot of machine.train(trials, { signal })) {
      snapshots[snapshot.trial]!.push(snapshot);
      steps = steps.map((step, trial) => (trial === snapshot.trial ? snapshot.step : step));
      advance(sum(trials.map((trial, i) => (workOf(trial) * steps[i]!) / trial.schedule.steps)));
    }
  advance(work);
  const runs = trials.map((trial, i): Run => {
    const diverged = snapshots[i]!.some(({ status }) => status === "diverged");
    const good = snapshots[i]!.filter(({ status }) => status === "ok");
    return { trial, snapshots: good, status: diverged ? "diverged" : "ok" };
  });
  return { runs, seconds: (performance.now() - begun) / 1000 };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
