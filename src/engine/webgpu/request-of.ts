import { trainingProgram } from "../training-program.js";
import { trialProgram } from "../trial-program.js";
import type { Entrant } from "./entrants.js";
import type { Request } from "./plan.js";

/** What kernels of trials of one structure are to be written for. */
export function requestOf(entrants: readonly Entrant[]): Request {
  const { trial, prompts } = entrants[0]!;
  const { mixer, law, context, random } = trial;
  return {
    program: trainingProgram(trialProgram(prompts, mixer.program, law.features, context, random)),
    batches: entrants.map((entrant) => entrant.trial.schedule.batch),
    models: entrants.length,
  };
}
