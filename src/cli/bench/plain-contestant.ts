import { keyOf } from "../../math/keys.js";
import { flatten, layoutOf } from "../../training/flat-weights.js";
import { noMemory, update } from "../../training/optimizers.js";
import type { Contestant } from "./contestant.js";
import { plainGradient } from "./plain-gradient.js";
import { plainPrompts } from "./plain-prompts.js";
import { trialOf } from "./problem.js";

const STEPS = 8;

/** What somebody writes who wants it fast and stays in JavaScript: loops over Float32Arrays, gradient by hand. */
export const plainContestant: Contestant = {
  name: "float32 loops in JavaScript",
  async open(problem) {
    const { mixer, key, schedule } = trialOf(problem, STEPS);
    const initial = mixer.init(key, problem.features);
    let weights = flatten(layoutOf(initial), initial);
    let memory = noMemory(weights.length);
    let step = 0;
    const run = async () => {
      const begun = performance.now();
      for (let i = 0; i < STEPS; i++) {
        const { gradient } = plainGradient(problem, weights, plainPrompts(keyOf(1), step++, problem));
        ({ weights, memory } = update(schedule.optimizer, weights, gradient, memory, schedule.rate));
      }
      return (performance.now() - begun) / STEPS;
    };
    await run();
    return { run, close: async () => {} };
  },
};
