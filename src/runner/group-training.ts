import type { Trial } from "../types.js";
import { BackendError } from "./backends.js";
import type { CellPlan } from "./cell-plan.js";
import { CellRecord } from "./cell-record.js";
import type { Trained } from "./cell-training.js";
import type { Progress } from "./progress.js";
import type { Trainer } from "./trainer.js";

/** A cell that is being trained. */
export interface Started {
  readonly plan: CellPlan;
  readonly training: Promise<Trained>;
}

/** Cells that are trained in one call: each is there as soon as its own trials have ended. */
export interface Group {
  readonly cells: readonly Started[];
  /** Resolves when nothing of the group is trained any more, whatever has become of its cells. */
  readonly over: Promise<void>;
}

/** What trains a cell by itself. */
export type TrainAlone = (plan: CellPlan) => Promise<Trained>;

/**
 * Trains all trials of several cells in one call. Trials do not know of each other, so that each has the snapshots that it
 * has alone. Where the call fails, whoever is not finished is trained alone, so that only the guilty one fails.
 */
export function trainGroup(
  plans: readonly CellPlan[],
  { train, progress }: { readonly train: Trainer; readonly progress: Pick<Progress, "advance"> },
  alone: TrainAlone,
  signal: AbortSignal,
): Group {
  const members = plans.map((plan) => new Member(plan, progress));
  const over = (async () => {
    try {
      await trainTogether(members, train, signal);
    } catch (error) {
      const fatal = signal.aborted || error instanceof BackendError;
      for (const member of members)
        if (!member.isSettled) await (fatal ? member.fail(error) : member.trainAlone(alone));
    }
  })();
  return { cells: members.map(({ plan, training }) => ({ plan, training })), over };
}

class Member {
  readonly training: Promise<Trained>;
  readonly record: CellRecord;
  isSettled = false;
  private resolve!: (trained: Trained) => void;
  private reject!: (error: unknown) => void;

  constructor(
    readonly plan: CellPlan,
    progress: Pick<Progress, "advance">,
  ) {
    this.record = new CellRecord(plan, progress);
    this.training = new Promise((resolve, reject) => {
      [this.resolve, this.reject] = [resolve, reject];
    });
    // Whoever awaits it hears of a failure; until then it is nobody's.
    this.training.catch(() => {});
  }

  settle(seconds: number): void {
    if (this.isSettled) return;
    this.isSettled = true;
    this.resolve({ runs: this.record.runs(), seconds });
  }

  fail(error: unknown): void {
    this.isSettled = true;
    this.reject(error);
  }

  async trainAlone(alone: TrainAlone): Promise<void> {
    this.record.restart();
    this.isSettled = true;
    await alone(this.plan).then(this.resolve, this.reject);
  }
}

/** Settles each member as soon as all its trials have ended. @throws what the trainer throws */
async function trainTogether(members: readonly Member[], train: Trainer, signal: AbortSignal): Promise<void> {
  const begun = performance.now();
  const places = members.flatMap((member) => member.plan.trials.map((_, trial) => ({ member, trial })));
  const settle = (member: Member) => {
    if (!member.record.isOver || member.isSettled) return;
    // Its part of the time so far, by work: the others go on.
    const all = members.reduce((sum, { record }) => sum + record.work, 0);
    const share = all > 0 ? member.record.work / all : 1 / members.length;
    member.settle((share * (performance.now() - begun)) / 1000);
  };
  const trials = places.map(({ member, trial }): Trial => {
    const given = member.plan.trials[trial]!;
    if (!given.done) return given;
    return {
      ...given,
      done(snapshot) {
        const isDone = given.done!({ ...snapshot, trial });
        if (isDone) member.record.end(trial);
        if (isDone) settle(member);
        return isDone;
      },
    };
  });
  for await (const snapshot of train(trials, { signal })) {
    const { member, trial } = places[snapshot.trial]!;
    member.record.take(trial, snapshot);
    settle(member);
  }
  for (const member of members)
    if (!member.isSettled) throw new Error(`the training of ${member.plan.name} ended before its last step`);
}
