import { drawn } from "../laws/drawn.js";
import { foldIn } from "../math/keys.js";
import type { Prompts, Trial } from "../types.js";
import { promptProgram } from "./prompt-program.js";

/**
 * The prompts of update `step` = 1 .. steps: a pure function of the trial's key and the step, fresh every step. They are
 * what an engine trains on, up to rounding.
 */
export function batchOf(trial: Trial, step: number): Prompts {
  const { law, key, schedule, context, prompts, random } = trial;
  const asUsual = prompts === undefined && random === undefined;
  const draw = asUsual ? law.draw : drawn(promptProgram(trial), law.features, random);
  return draw(foldIn(foldIn(key, "prompts"), step), { from: 0, count: schedule.batch }, context);
}
