import { cpuBackend } from "../../engine/cpu/backend.js";
import { train } from "../../engine/cpu/train.js";
import type { Trial } from "../../types.js";
import type { Contestant } from "./contestant.js";
import { trialOf } from "./problem.js";
import { millisecondsAStep } from "./timed.js";

/** Whole trainings of this many steps, with all that surrounds the steps: sending the job, recording, the last snapshot. */
const STEPS = 400;

/** iclab's CPU engine on so many threads, with random numbers other than the default ones where they are named. */
export function engineContestant(threads: number, random?: Trial["random"]): Contestant {
  return {
    name: `iclab, ${threads} thread${threads === 1 ? "" : "s"}${random === undefined ? "" : `, ${random}`}`,
    async open(problem) {
      const backend = await cpuBackend(threads).open();
      if (typeof backend === "string") return backend;
      const trial = trialOf({ ...problem, ...(random && { drawing: { random } }) }, STEPS);
      const run = () => millisecondsAStep(train([trial], { backend }), STEPS);
      await run();
      return { run, close: () => backend.close() };
    },
  };
}
