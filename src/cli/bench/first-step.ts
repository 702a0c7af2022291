/** A program that trains one step and ends: what `start-up.ts` measures from outside. */
import { cpuBackend } from "../../engine/cpu/backend.js";
import { train } from "../../engine/cpu/train.js";
import { trialOf } from "./problem.js";
import { problems } from "./problems.js";

const backend = await cpuBackend().open();
if (typeof backend === "string") throw new Error(backend);
for await (const { status } of train([trialOf(problems[0], 1)], { backend }))
  if (status !== "ok") throw new Error(`the first step is ${status}`);
