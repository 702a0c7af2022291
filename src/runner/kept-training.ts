import type { Checkpoint, Snapshot, Trial } from "../types.js";
import type { CheckpointFiles, KeptTrial } from "./checkpoint-files.js";
import { DiskError } from "./disk.js";
import type { Trainer } from "./trainer.js";

/** How a training is kept. */
export interface Keeping {
  readonly train: Trainer;
  readonly files: Pick<CheckpointFiles, "read" | "write">;
  /** Milliseconds between two checkpoints. */
  readonly every: number;
  /** Checkpoints from before this time are not gone on from. */
  readonly since?: string;
  readonly signal?: AbortSignal;
  /** Milliseconds from any moment on. */
  now?(): number;
  /** Tells a person, from where it goes on. */
  say(sentence: string): void;
  /** Hears of every checkpoint that cannot be written. */
  unwritten(error: DiskError): void;
  /** Hears that so many updates of a trial were made by an earlier run. */
  skip?(trial: number, updates: number): void;
}

/** Writing takes at most this part of the time; an engine trains meanwhile. */
const SHARE = 1 / 5;

/**
 * Trains as `train` does, from the last checkpoint on, and writes new ones on the way. All snapshots are given out, also
 * those that an earlier run made, each before any later one of its trial; where the trainer cannot go on from where a trial
 * stood, it begins again.
 *
 * A checkpoint that cannot be written costs nothing but itself: training goes on.
 */
export async function* keptTraining(trials: readonly Trial[], keeping: Keeping): AsyncGenerator<Snapshot> {
  const { train, every, signal, say } = keeping;
  const record = new TrainingRecord(trials, found(trials, keeping));
  const writer = new Writer(keeping);
  /** What an earlier run gave out of trials that go on; given out once it is sure that they do. */
  const earlier = new Map(record.trials.map(({ snapshots, ended }, i) => [i, ended === null ? snapshots : []]));
  const from = new Map(record.trials.flatMap(({ standing }, i) => (standing ? [[i, standing] as const] : [])));
  const ended = new Map(record.trials.flatMap(({ ended }, i) => (ended === null ? [] : [[i, ended] as const])));
  for (const [i, step] of ended) {
    keeping.skip?.(i, step);
    yield* record.trials[i]!.snapshots;
  }
  if (ended.size === trials.length) return;
  const watched = trials.map((trial, i): Trial => {
    if (!trial.done) return trial;
    return { ...trial, done: (snapshot) => trial.done!(snapshot) && record.end(i, snapshot.step) };
  });
  const checkpoints = {
    ...{ every, from, ended },
    keep(standing: readonly Checkpoint[]) {
      for (const each of standing) record.stand(each);
      writer.writeWhenDue(record);
    },
    refuse(refused: readonly number[]) {
      say("its checkpoint is of another layout of the kernels, the training begins again");
      for (const i of refused) {
        record.restart(i);
        earlier.delete(i);
      }
    },
  };
  for await (const snapshot of train(watched, { ...(signal && { signal }), checkpoints })) {
    const { trial } = snapshot;
    if (earlier.has(trial)) {
      if (from.has(trial)) keeping.skip?.(trial, from.get(trial)!.step);
      yield* earlier.get(trial)!;
      earlier.delete(trial);
    }
    record.take(snapshot);
    yield snapshot;
    if (record.hasEnded(trial)) writer.writeWhenDue(record);
  }
  writer.writeAtTheEnd(record);
}

/** What an earlier run has left to go on from, told in a sentence. */
function found(given: readonly Trial[], { files, since, say }: Keeping): readonly KeptTrial[] {
  const { trials, damaged, foreign } = files.read(since);
  if (damaged > 0) {
    const files = damaged === 1 ? "its newest checkpoint is" : `its ${damaged} newest checkpoints are`;
    say(`${files} not whole, ${trials ? "the one before is used" : "the training begins again"}`);
  } else if (trials === null && foreign)
    say("its checkpoint comes from another backend, adapter or version, the training begins again");
  if (trials === null) return [];
  const made = trials.reduce((sum, { ended, standing }) => sum + (ended ?? standing?.step ?? 0), 0);
  const all = given.reduce((sum, { schedule }) => sum + schedule.steps, 0);
  say(`goes on from its checkpoint, ${made} of ${all} updates are made`);
  return trials;
}

/** What has come of every trial so far, and where it stands. */
class TrainingRecord {
  private readonly snapshots: Snapshot[][];
  private readonly standing: (Checkpoint | null)[];
  private readonly ended: (number | null)[];

  constructor(
    private readonly given: readonly Trial[],
    kept: readonly KeptTrial[],
  ) {
    this.snapshots = given.map((_, i) => [...(kept[i]?.snapshots ?? [])]);
    this.standing = given.map((_, i) => kept[i]?.standing ?? null);
    this.ended = given.map((_, i) => kept[i]?.ended ?? null);
  }

  /** What it takes to go on from here. */
  get trials(): KeptTrial[] {
    return this.given.map((_, i) => {
      const [all, ended, standing] = [this.snapshots[i]!, this.ended[i]!, this.standing[i]!];
      if (ended !== null) return { snapshots: all, ended, standing: null };
      return { snapshots: all.filter(({ step }) => step <= (standing?.step ?? -1)), ended, standing };
    });
  }

  take(snapshot: Snapshot): void {
    const { trial, step, status } = snapshot;
    this.snapshots[trial]!.push(snapshot);
    if (status === "diverged" || step === this.given[trial]!.schedule.steps) this.end(trial, step);
  }

  stand(checkpoint: Checkpoint): void {
    this.standing[checkpoint.trial] = checkpoint;
  }

  end(trial: number, step: number): true {
    this.ended[trial] = step;
    return true;
  }

  hasEnded(trial: number): boolean {
    return this.ended[trial] !== null;
  }

  restart(trial: number): void {
    this.snapshots[trial] = [];
    this.standing[trial] = null;
  }
}

/** Writes checkpoints in time. */
class Writer {
  private readonly now: () => number;
  private last: number;
  private cost = 0;
  private written = false;

  constructor(private readonly keeping: Keeping) {
    this.now = keeping.now ?? (() => performance.now());
    this.last = this.now();
  }

  writeWhenDue(record: TrainingRecord): void {
    // Several trials stand somewhere at about one time: the first of them writes for all.
    const due = Math.max(0.9 * this.keeping.every, this.cost / SHARE);
    if (this.now() - this.last >= due) this.write(record);
  }

  /** A training that took long enough for a checkpoint is kept until it is measured. */
  writeAtTheEnd(record: TrainingRecord): void {
    if (this.written || this.now() - this.last >= this.keeping.every) this.write(record);
  }

  private write(record: TrainingRecord): void {
    const begun = this.now();
    try {
      this.keeping.files.write(record.trials);
      this.written = true;
    } catch (error) {
      if (!(error instanceof DiskError)) throw error;
      this.keeping.unwritten(error);
    }
    this.last = this.now();
    this.cost = this.last - begun;
  }
}
