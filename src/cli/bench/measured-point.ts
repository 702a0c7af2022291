import { cpuBackend } from "../../engine/cpu/backend.js";
import { train } from "../../engine/cpu/train.js";
import type { Point } from "./axes.js";
import { trialOf } from "./problem.js";
import { type Spread, spreadOf } from "./spread.js";
import { millisecondsAStep } from "./timed.js";

/** What a point costs. */
export interface Cost {
  /** Milliseconds in which all models take one step. */
  readonly ms: Spread;
  /** Milliseconds of the first training of one step: threads started, kernel compiled. */
  readonly first: number;
}

/** A measurement lasts about so many milliseconds. */
const LASTS = 150;
const RUNS = 5;

/** @throws Error where the engine does not open here */
export async function costOf({ problem, models, threads }: Point): Promise<Cost> {
  const backend = await cpuBackend(threads).open();
  if (typeof backend === "string") throw new Error(backend);
  const timed = (steps: number) =>
    millisecondsAStep(train(new Array(models).fill(trialOf(problem, steps)), { backend }), steps);
  try {
    const first = await timed(1);
    const warm = await timed(10);
    const steps = Math.max(3, Math.round(LASTS / warm));
    const times: number[] = [];
    for (let run = 0; run < RUNS; run++) times.push(await timed(steps));
    return { ms: spreadOf(times), first };
  } finally {
    await backend.close();
  }
}
