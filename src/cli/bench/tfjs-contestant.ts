import tfjsWasm from "../../backends/tfjs-wasm.js";
import { train } from "../../training/train.js";
import type { Prompts, Trial } from "../../types.js";
import type { Contestant } from "./contestant.js";
import { trialOf } from "./problem.js";
import { millisecondsAStep } from "./timed.js";

const STEPS = 6;

/** tfjs's stock WebAssembly backend under iclab's own tfjs trainer; with prompts drawn once, it only trains on them. */
export function tfjsContestant({ drawn }: { readonly drawn: "afresh" | "once" }): Contestant {
  return {
    name: drawn === "afresh" ? "tfjs wasm, 1 thread" : "tfjs wasm, prompts given",
    async open(problem) {
      const backend = await tfjsWasm.open();
      if (typeof backend === "string") return backend;
      const fresh = trialOf(problem, STEPS);
      const trial = drawn === "afresh" ? fresh : withPrompts(fresh);
      const run = () => millisecondsAStep(train([trial], { backend }), STEPS);
      await run();
      return { run, close: () => backend.close() };
    },
  };
}

/** The trial on the same prompts at every step. */
function withPrompts(trial: Trial): Trial {
  const { law, key, schedule, context } = trial;
  const prompts: Prompts = law.draw(key, { from: 0, count: schedule.batch }, context);
  return { ...trial, law: { ...law, draw: () => prompts } };
}
