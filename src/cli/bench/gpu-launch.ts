import type { OpenWebgpu } from "../../engine/webgpu/backend.js";
import { entrantOf, initialModels, recordsOf } from "../../engine/webgpu/entrants.js";
import { Launch } from "../../engine/webgpu/launch.js";
import type { Plan, Request } from "../../engine/webgpu/plan.js";
import { requestOf } from "../../engine/webgpu/request-of.js";
import { keyOf } from "../../math/keys.js";
import type { GpuPoint } from "./gpu-points.js";
import { trialOf } from "./problem.js";
import { type Spread, spreadOf } from "./spread.js";

/** A dispatch that is measured lasts about so many milliseconds. */
const LASTS = 120;
const RUNS = 5;

/** What a point costs on the WebGPU engine. */
export interface GpuCost {
  /** How it was trained. */
  readonly says: string;
  /** Microseconds an update and model, with all that surrounds a dispatch. */
  readonly us: Spread;
  readonly compileMs: number;
  /** Mean loss of the models at the last update. */
  readonly loss: number;
}

/** @throws Error where a training leaves the finite numbers or a launch is given up */
export async function gpuCostOf(
  backend: OpenWebgpu,
  { models, problem }: GpuPoint,
  planned: (request: Request) => Plan = (request) => backend.plan(request),
): Promise<GpuCost> {
  const trial = trialOf(problem, 10_000_000);
  const entrants = Array.from({ length: models }, (_, m) => entrantOf({ ...trial, key: keyOf(m) }, m));
  const plan = planned(requestOf(entrants));
  const launch = new Launch(backend, plan, recordsOf(entrants));
  try {
    const begun = performance.now();
    await launch.load(initialModels(entrants));
    const compileMs = performance.now() - begun;
    let made = 0;
    const timed = async (steps: number): Promise<number> => {
      const start = performance.now();
      await launch.advance(made + 1, made + steps);
      made += steps;
      return performance.now() - start;
    };
    let steps = 1;
    for (let took = await timed(1); took < LASTS && steps < 4096; took = await timed(steps))
      steps = Math.min(4096, Math.ceil(steps * Math.min(8, (1.2 * LASTS) / took)));
    const times: number[] = [];
    for (let run = 0; run < RUNS; run++) times.push((1000 * (await timed(steps))) / steps / models);
    const { standings } = await launch.read();
    const bad = standings.find(({ status, step }) => status !== 0 || step !== made);
    if (bad) throw new Error(`status ${bad.status} at update ${bad.step} of ${made}`);
    const loss = standings.reduce((sum, standing) => sum + standing.loss, 0) / models;
    return { says: plan.says, us: spreadOf(times), compileMs, loss };
  } finally {
    launch.close();
  }
}
