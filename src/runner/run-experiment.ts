import { setTimeout as pause } from "node:timers/promises";
import type { OpenBackend, Row } from "../types.js";
import { beginFolder, isByOtherCode } from "./begin-folder.js";
import { CellGroups } from "./cell-groups.js";
import { type CellPlan, type Job, planOf, workOf } from "./cell-plan.js";
import { type Trained, trainCell } from "./cell-training.js";
import { CheckpointFiles } from "./checkpoint-files.js";
import type { Finished } from "./compacted.js";
import { DiskError } from "./disk.js";
import { type Group, type Started, trainGroup } from "./group-training.js";
import { keptTraining } from "./kept-training.js";
import { isMachineFault } from "./machine-fault.js";
import { Presence, type Runner } from "./presence.js";
import type { Progress } from "./progress.js";
import { type Provenance, runProvenance } from "./provenance.js";
import { Reservations } from "./reservations.js";
import type { Store, StoredCell } from "./store.js";
import type { Trainer } from "./trainer.js";
import { Underway } from "./underway.js";

export interface Machine {
  readonly backend: OpenBackend;
  readonly train: Trainer;
  /** Trials that the backend trains at once with a gain: small cells are trained together. One at a time, where left out. */
  readonly together?: number;
  readonly store: Store;
  readonly progress: Progress;
  /** Take finished cells with the same identity and backend from the store instead of computing them again. */
  readonly resume: boolean;
  /** Compute cells again that failed in an earlier run; where left out they are told and left. */
  readonly retry?: boolean;
  /** The cells are a part of a grid that somebody else has planned: the folder's plan stays as it is. */
  readonly part?: boolean;
  /** Milliseconds between two checkpoints of a cell that is trained by itself; none where left out. */
  readonly checkpointEvery?: number;
  /** One cell at a time: no other is trained while one is measured. */
  readonly alone?: boolean;
  /** When the run began that this process is a part of; now, where left out. */
  readonly begun?: string;
  readonly signal?: AbortSignal;
  /** Tells a person, a sentence at a time: another runner is here, a cell failed. */
  say?(sentence: string, about?: About): void;
}

/** What a sentence is about, for whoever tells it on. */
export interface About {
  readonly failed?: string;
  readonly runner?: Runner;
}

export interface Outcome {
  readonly rows: readonly Row[];
  readonly cells: readonly Provenance[];
  /** Cells that were taken from the store. */
  readonly reused: number;
  /** Names of cells that have no rows because they failed. */
  readonly failed: readonly string[];
}

/** Cells that are being flushed to the disk at a time, while others are computed. */
const FLUSHED = 16;

/** Milliseconds between two looks at the cells that another runner computes. */
const POLL = 250;

/**
 * Trains and measures every cell, in order, and stores each as soon as it is finished. Small cells whose trials differ in
 * numbers only are trained together. While a group is measured the next is trained already: the engine's threads and this
 * one have different work. Other runners of the same folder, on any machine, share the cells: each is computed by one of
 * them, and all end with the rows of all.
 *
 * A cell that fails is stored as failed, with its message, and costs no other cell. What is trained by itself is kept in
 * checkpoints until it is stored, and goes on from there.
 *
 * @throws DiskError when rows cannot be written, BackendError, DeviceError; whatever the signal's reason is when it is aborted.
 */
export async function runExperiment(job: Job, machine: Machine): Promise<Outcome> {
  const presence = new Presence(machine.store.marks());
  presence.open();
  try {
    return await new Experimenter(job, machine, presence).run();
  } finally {
    machine.progress.stop();
    await presence.close();
  }
}

class Experimenter {
  private readonly begun: string;
  private readonly shared: ReturnType<typeof runProvenance>;
  private readonly plans: readonly CellPlan[];
  private readonly reservations: Reservations;
  private readonly over = new AbortController();
  private readonly signal: AbortSignal;
  private readonly open: Set<CellPlan>;
  private readonly held = new Set<CellPlan>();
  private readonly met = new Set<string>();
  private readonly failed: string[] = [];
  private readonly groups: CellGroups;
  private readonly flushes = new Underway(FLUSHED);
  /** Cells that have rows in the store; the rows stay there, so that a long run does not grow. */
  private readonly done = new Set<CellPlan>();
  private isUnwritten = false;
  /** Kept cells that may have been computed by other code. */
  private older = 0;

  constructor(
    private readonly job: Job,
    private readonly machine: Machine,
    private readonly presence: Presence,
  ) {
    const { backend, store, resume, retry, signal } = machine;
    this.begun = machine.begun ?? new Date().toISOString();
    this.shared = runProvenance(backend);
    this.reservations = new Reservations(presence);
    this.groups = new CellGroups(machine.together ?? 1);
    this.signal = signal ? AbortSignal.any([signal, this.over.signal]) : this.over.signal;
    this.plans = job.cells.map((cell) => planOf(job, cell));
    for (const plan of this.plans) if (resume) this.takeKept(plan);
    this.open = new Set(this.plans.filter((plan) => !this.done.has(plan)));
    for (const plan of this.open) {
      if (this.hasFailedMeanwhile(plan) || !resume || retry) continue;
      const before = store.failure(plan.name);
      if (before !== undefined) this.fail(plan, `failed in an earlier run, --retry computes it again: ${before}`);
    }
  }

  async run(): Promise<Outcome> {
    const { progress } = this.machine;
    const { plans, open } = this;
    const reused = [...this.done];
    if (!this.machine.part)
      beginFolder({
        ...{ job: this.job, store: this.machine.store, kept: reused.length, older: this.older },
        cells: plans.map(({ name }) => name),
        say: (sentence) => this.say(sentence),
      });
    progress.start(
      this.job.id,
      plans.length,
      [...open].reduce((sum, { work }) => sum + work, 0),
    );
    for (const { name } of reused) progress.finish(name, true, 0);
    try {
      let current = this.begin();
      while (current !== undefined || open.size > 0) {
        // Another run may wait for what this one could not write.
        this.flushes.check();
        if (current === undefined) await pause(POLL, undefined, { signal: this.signal });
        current = current === undefined ? this.begin() : await this.complete(current);
      }
      await this.flushes.end();
      this.machine.store.settle();
    } finally {
      this.over.abort();
      // No draft of a cell stays behind.
      await this.flushes.settle();
      for (const { name } of this.held) this.reservations.release(name, "dropped");
    }
    const names = new Set(plans.map(({ name }) => name));
    await this.machine.store.load((name) => names.has(name));
    const finished = plans.flatMap((plan) => (this.done.has(plan) ? [this.readAgain(plan)] : []));
    return {
      rows: finished.flatMap(({ rows }) => rows),
      cells: finished.map(({ provenance }) => provenance),
      reused: reused.length,
      failed: this.failed,
    };
  }

  /** Begins to train the next cells that nobody else has. */
  private begin(): Group | undefined {
    if (this.signal.aborted) return undefined;
    for (const other of this.presence.others()) this.meet(other);
    const plans = this.groups.next(this.open, (plan) => this.isFree(plan));
    for (const plan of plans) {
      this.open.delete(plan);
      this.held.add(plan);
      this.machine.progress.begin?.(plan.name);
    }
    if (plans.length === 0) return undefined;
    const begun = performance.now();
    const group = this.train(plans);
    const work = plans.reduce((sum, plan) => sum + plan.work, 0);
    group.over.then(() => this.groups.trained(work, (performance.now() - begun) / 1000));
    return group;
  }

  private train(plans: readonly CellPlan[]): Group {
    const { progress } = this.machine;
    const alone = (plan: CellPlan) => trainCell(plan, { train: this.keepingTrainer(plan), progress }, this.signal);
    if (plans.length > 1) return trainGroup(plans, this.machine, alone, this.signal);
    const [plan] = plans as [CellPlan];
    const training = alone(plan);
    // Whoever awaits it hears of a failure; until then it is nobody's.
    const over = training.then(
      () => {},
      () => {},
    );
    return { cells: [{ plan, training }], over };
  }

  /** Trains a cell's trials from their last checkpoint on, and writes new ones. */
  private keepingTrainer(plan: CellPlan): Trainer {
    const { train, progress, checkpointEvery: every, resume } = this.machine;
    if (every === undefined) return train;
    return (trials, { signal }) =>
      keptTraining(trials, {
        ...{ train, every, files: this.checkpointsOf(plan) },
        ...(!resume && { since: this.begun }),
        ...(signal && { signal }),
        say: (sentence) => this.say(`${plan.name}: ${sentence}`),
        unwritten: (error) => this.sayUnwritten(error),
        skip: (trial, updates) => progress.skip?.((workOf(trials[trial]!) * updates) / trials[trial]!.schedule.steps),
      });
  }

  private checkpointsOf({ name, identity }: CellPlan): CheckpointFiles {
    const { numerics, backend, adapter, version, node } = this.shared;
    // The CPU engine's sums do not depend on its threads, which are all that its adapters differ in.
    const origin = { identity, numerics, backend, adapter: backend === "cpu" ? null : adapter, version, node };
    return new CheckpointFiles(this.machine.store.checkpoints(), name, origin);
  }

  private sayUnwritten({ message }: DiskError): void {
    if (!this.isUnwritten) this.say(`${message}; the run goes on without`);
    this.isUnwritten = true;
  }

  /** Reserves a cell, unless another runner has it or has finished it. */
  private isFree(plan: CellPlan): boolean {
    if (this.isThere(plan) || this.hasFailedMeanwhile(plan)) return false;
    const holder = this.reservations.take(plan.name);
    if (holder !== null) {
      this.meet(holder);
      return false;
    }
    if (!this.isThere(plan) && !this.hasFailedMeanwhile(plan)) return true;
    this.reservations.release(plan.name, "found");
    return false;
  }

  /** Measures and stores the cells of a group, while the next one is trained. @returns the next one */
  private async complete({ cells, over }: Group): Promise<Group | undefined> {
    let next: Group | undefined;
    const following = over.then(() => {
      if (!this.machine.alone) next = this.begin();
    });
    following.catch(() => {});
    for (const started of cells) await this.finish(started);
    await following;
    return next ?? this.begin();
  }

  /** Measures and stores a cell once it is trained. */
  private async finish({ plan, training }: Started): Promise<void> {
    const { store } = this.machine;
    try {
      const stored = await measureCell(this.job, plan, await training, this.shared, this.signal);
      await this.flushes.add(this.keep(plan, stored));
    } catch (error) {
      if (this.signal.aborted || isMachineFault(error)) throw error;
      const { message, stack } = error instanceof Error ? error : new Error(String(error));
      store.fail(plan.name, { message, stack: stack ?? message });
      this.release(plan, "failed");
      this.fail(plan, `failed: ${message}`);
    }
  }

  /** Stores a cell; it is finished when its file is on the disk. */
  private async keep(plan: CellPlan, stored: StoredCell): Promise<void> {
    await this.machine.store.writeLater(stored);
    this.done.add(plan);
    this.checkpointsOf(plan).discard();
    this.release(plan, "finished");
    this.machine.progress.finish(plan.name, false, plan.work);
  }

  private release(plan: CellPlan, how: "finished" | "failed"): void {
    this.held.delete(plan);
    this.reservations.release(plan.name, how);
  }

  private fail(plan: CellPlan, what: string): void {
    this.open.delete(plan);
    this.failed.push(plan.name);
    this.say(`${plan.name} ${what}`, { failed: plan.name });
  }

  private say(sentence: string, about?: About): void {
    this.machine.say?.(sentence, about);
  }

  /** Takes note where another runner has met a cell's failure since this one began. */
  private hasFailedMeanwhile(plan: CellPlan): boolean {
    const failure = this.machine.store.failed(plan.name);
    if (failure === undefined || (failure.at ?? "") <= this.begun) return false;
    this.fail(plan, `failed: ${failure.message}`);
    return true;
  }

  /** Takes the rows of a cell that an earlier run has finished. */
  private takeKept(plan: CellPlan): void {
    const found = this.usable(plan);
    if (!found) return;
    this.done.add(plan);
    if (isByOtherCode(found, this.shared)) this.older++;
  }

  /** Takes the rows of a cell that another runner has finished since this one began. */
  private isThere(plan: CellPlan): boolean {
    const found = this.usable(plan);
    if (!found || (!this.machine.resume && found.finished < this.begun)) return false;
    this.done.add(plan);
    this.open.delete(plan);
    this.machine.progress.advance(plan.work);
    this.machine.progress.finish(plan.name, true, plan.work);
    return true;
  }

  /** Backends differ by rounding, and a backend that was named is often the check of another one. */
  private usable({ name }: CellPlan): Finished | undefined {
    const found = this.machine.store.finished(name);
    return found?.backend === this.machine.backend.name ? found : undefined;
  }

  /** @throws DiskError where the rows have gone since they were stored */
  private readAgain({ name }: CellPlan): StoredCell {
    const { store } = this.machine;
    const found = store.read(name);
    if (!found) throw new DiskError(`the rows of ${name} have gone from ${store.folder} while the run was at work`);
    return found;
  }

  private meet(runner: Runner): void {
    const { id, host, pid } = runner;
    if (this.met.has(id)) return;
    this.met.add(id);
    const { folder } = this.machine.store;
    this.say(`another run is at work in ${folder}: process ${pid} on ${host}; the cells are shared`, { runner });
  }
}

async function measureCell(
  job: Job,
  { cell, key, identity, name, trials }: CellPlan,
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
