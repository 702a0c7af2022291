import { foldIn } from "../math/keys.js";
import type { Prompts, Trial } from "../types.js";

/** The prompts of update `step` = 1 .. steps: a pure function of the trial's key and the step, fresh every step. */
export function batchOf({ law, key, schedule, context }: Trial, step: number): Prompts {
  return law.draw(foldIn(foldIn(key, "prompts"), step), { from: 0, count: schedule.batch }, context);
}
