import type { Trial } from "../types.js";
import { checkSchedule } from "./check-schedule.js";
import { promptProgram } from "./prompt-program.js";

/** @throws RangeError on a schedule that cannot be, or prompts that cannot be drawn as the trial says */
export function checkTrial(trial: Trial): void {
  checkSchedule(trial.schedule);
  promptProgram(trial);
}
