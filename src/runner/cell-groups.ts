import { promptProgram } from "../training/prompt-program.js";
import type { Trial } from "../types.js";
import { type CellPlan, workOf } from "./cell-plan.js";

/**
 * Work of a trial, in multiply-adds of the scores, up to which its cell is trained together with others: about a second
 * of one workgroup of a GPU, ten of a processor core. Longer ones fill a device by themselves. Which layout of its
 * kernels a GPU has for a trial depends on it (see `trainerOf`), so that a cell's rows do not depend on its company.
 */
const SMALL = 2 ** 30;

/** Seconds of training that a group should take: so much is lost, at most twice, by a kill, and no runner waits longer. */
const LASTS = 2;

/** How many times as long as the last group the next one may be, while the speed is not known well. */
const GROWTH = 8;

/** Whether a trial is trained in the company of others. */
export const isSmall = (trial: Trial): boolean => workOf(trial) <= SMALL;

/**
 * Which cells are trained in one call of the backend: those whose trials differ in numbers only (one kernel trains them
 * all) and are small, as many as take some two seconds by the speed of the groups before.
 */
export class CellGroups {
  /** Work that the next group may have. */
  private work = 0;

  /** @param most trials that the backend trains at once with a gain */
  constructor(private readonly most: number) {}

  /**
   * The first cell that is free, and those to be trained with it.
   *
   * @param isFree reserves a cell, or answers that it is not to be had
   */
  next(open: Iterable<CellPlan>, isFree: (plan: CellPlan) => boolean): CellPlan[] {
    const group: CellPlan[] = [];
    let [kind, trials, work] = ["", 0, 0];
    for (const plan of open) {
      if (group.length > 0) {
        if (trials + plan.trials.length > this.most || work + plan.work > this.work) break;
        if (kindOf(plan) !== kind) continue;
      }
      if (!isFree(plan)) continue;
      kind = group.length > 0 ? kind : kindOf(plan);
      group.push(plan);
      trials += plan.trials.length;
      work += plan.work;
      if (kind === ALONE) break;
    }
    return group;
  }

  /** Takes note of how long a group was trained. */
  trained(work: number, seconds: number): void {
    this.work = Math.min(GROWTH * Math.max(work, this.work), (LASTS * work) / Math.max(seconds, 1e-6));
  }
}

const ALONE = "alone";

const kinds = new WeakMap<CellPlan, string>();

/** Cells of one kind have trials of the same kernels and batches, each of them small. */
function kindOf(plan: CellPlan): string {
  const known = kinds.get(plan) ?? made(plan);
  kinds.set(plan, known);
  return known;
}

function made({ trials }: CellPlan): string {
  if (trials.length === 0 || !trials.every(isSmall)) return ALONE;
  try {
    return JSON.stringify(trials.map(structureOf));
  } catch {
    // Prompts that cannot be drawn as the trial says: its training will say why.
    return ALONE;
  }
}

function structureOf(trial: Trial): readonly unknown[] {
  const { mixer, law, context, random, schedule } = trial;
  return [promptProgram(trial).structure, mixer.program.structure, law.features, context, random, schedule.batch];
}
