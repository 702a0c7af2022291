import { chunkPrompts } from "../../kernels/instance.js";
import { defaultRandom } from "../../kernels/random.js";
import { type WasmKernel, wasm } from "../../kernels/webassembly.js";
import { foldIn } from "../../math/keys.js";
import { flatten, type Layout, layoutOf } from "../../training/flat-weights.js";
import { promptProgram } from "../../training/prompt-program.js";
import type { Checkpoint, Trial } from "../../types.js";
import { trainingProgram } from "../training-program.js";
import { trialProgram } from "../trial-program.js";
import { CONTROL_BYTES } from "./barrier.js";
import type { CourseState } from "./course.js";
import type { CrewMemory, Job } from "./job.js";
import { sharesMemory } from "./shares-memory.js";

/** A trial made ready for threads: all of its job but the thread's place in a crew. */
export interface Prepared {
  readonly layout: Layout;
  readonly chunks: number;
  readonly job: Omit<Job, "trial" | "member" | "members" | "memory">;
}

/** Compiled kernels by structure, most recent last: trials that differ in numbers only share one. */
const kernels = new Map<string, WasmKernel>();
const KEPT = 32;

function kernelOf(structure: string, compile: () => WasmKernel): WasmKernel {
  const kernel = kernels.get(structure) ?? compile();
  kernels.delete(structure);
  kernels.set(structure, kernel);
  if (kernels.size > KEPT) kernels.delete(kernels.keys().next().value!);
  return kernel;
}

/**
 * Draws the initial weights and compiles the kernel, or finds it among those of the last trials.
 *
 * @param from where training goes on; left out at its beginning
 * @param checkpointEvery milliseconds between two checkpoints; left out where there are none
 */
export function prepare(trial: Trial, from?: Checkpoint, checkpointEvery?: number): Prepared {
  const { mixer, law, context, schedule, key, record, random = defaultRandom } = trial;
  const weights = mixer.init(foldIn(key, "init"), law.features);
  const layout = layoutOf(weights);
  const prompts = promptProgram(trial);
  const parts = [prompts.structure, mixer.program.structure, law.features, context, random];
  const structure = JSON.stringify(parts);
  const kernel = kernelOf(structure, () =>
    wasm(trainingProgram(trialProgram(prompts, mixer.program, law.features, context, random))),
  );
  const { settings, tables } = prompts;
  return {
    layout,
    chunks: Math.ceil(schedule.batch / chunkPrompts),
    job: {
      ...{ structure, kernel, initial: flatten(layout, weights), settings, tables, key, schedule, record },
      from: from ? { step: from.step, ...(from.numbers as unknown as Omit<CourseState, "step">) } : null,
      checkpointEvery: checkpointEvery ?? null,
    },
  };
}

/** Memory of one crew; shared between threads where the platform shares memory. */
export function crewMemory({ chunks, job }: Prepared): CrewMemory {
  const Buffer = sharesMemory ? SharedArrayBuffer : ArrayBuffer;
  const sums = new Buffer(2 * chunks * job.kernel.layout.width * 8);
  return { shared: sharesMemory, control: new Buffer(CONTROL_BYTES), sums };
}
