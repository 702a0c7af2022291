import { cpuBackend } from "../../engine/cpu/backend.js";
import { train } from "../../engine/cpu/train.js";
import type { Contestant } from "./contestant.js";
import { trialOf } from "./problem.js";
import { millisecondsAStep } from "./timed.js";

/** Whole trainings of this many steps, with all that surrounds the steps: sending the job, recording, the last snapshot. */
const STEPS = 400;

/** iclab's CPU engine on so many threads. */
export function engineContestant(threads: number): Contestant {
  return {
    name: `iclab, ${threads} thread${threads === 1 ? "" : "s"}`,
    async open(problem) {
      const backend = await cpuBackend(threads).open();
      if (typeof backend === "string") return backend;
      const trial = trialOf(problem, STEPS);
      const run = () => millisecondsAStep(train([trial], { backend }), STEPS);
      await run();
      return { run, close: () => backend.close() };
    },
  };
}
