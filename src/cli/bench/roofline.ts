import { operationsOf } from "../../engine/operations.js";
import { samplingProgram } from "../../engine/sampling-program.js";
import { trainingProgram } from "../../engine/training-program.js";
import webgpu, { type OpenWebgpu } from "../../engine/webgpu/backend.js";
import type { Request } from "../../engine/webgpu/plan.js";
import { promptProgram } from "../../training/prompt-program.js";
import { gpuCostOf } from "./gpu-launch.js";
import { type GpuPoint, gpuPoints, pointName } from "./gpu-points.js";
import { machineLine, thisMachine } from "./machine.js";
import { peakOf } from "./peak.js";
import { trialOf } from "./problem.js";
import { table } from "./table.js";

/** Features up to which WGSL writes vectors out: all of the points'. */
const UNROLL = 32;

/** How far from the lower bound the sweeps are: all operations of a text at the device's rate for threefry's. */
export async function benchRoofline(): Promise<{ readonly data: object; readonly text: string }> {
  const machine = thisMachine();
  const backend = await webgpu.open();
  if (typeof backend === "string") throw new Error(backend);
  const points = [];
  let peak: number;
  try {
    peak = await peakOf(backend.device);
    for (const point of gpuPoints.filter(({ models, problem }) => models > 1 && problem.batch === 256))
      points.push(await shareOf(backend, point, peak));
  } finally {
    await backend.close();
  }
  const rows = points.map(({ name, us, drawing, operations, normals, perNormal, bound }) => [
    name,
    us.toPrecision(3),
    `${((100 * drawing) / us).toFixed(0)} %`,
    String(normals),
    perNormal.toFixed(1),
    String(operations),
    bound.toPrecision(3),
    (us / bound).toFixed(1),
  ]);
  const header = ["", "us", "drawing", "normals", "operations each", "operations", "bound, us", "times bound"];
  const text = [
    "# How far the GPU's sweeps are from their lower bound",
    machineLine(machine),
    `${backend.adapter}; ${(peak / 1e12).toFixed(2)} T additions, rotations and exclusive ors a second, measured`,
    "A model and update. Normals and operations are a prompt's, as the text has them; drawing is the time of a model that " +
      "only looks at its prompts.",
    table(header, rows),
  ].join("\n\n");
  return { data: { machine, adapter: backend.adapter, peak, points }, text };
}

async function shareOf(backend: OpenWebgpu, point: GpuPoint, peak: number) {
  const { batch, features, context } = point.problem;
  const trial = trialOf(point.problem, 1);
  const prompts = promptProgram(trial);
  let operations = 0;
  const whole = await gpuCostOf(backend, point, (request) => {
    operations = operationsOf(request.program, UNROLL);
    return backend.plan(request);
  });
  let looking = 0;
  const sampled = await gpuCostOf(backend, point, (request: Request) => {
    const sampling = samplingProgram(prompts, request.program.parameters, context, trial.random);
    looking = operationsOf(sampling, UNROLL);
    return backend.plan({ ...request, program: trainingProgram(sampling) });
  });
  // Task and query, and every pair: D rows of D where a Gram matrix is drawn, of which those below the diagonal are dropped.
  const pairs = trial.prompts === "gram" ? features * (features + 1) : context * features;
  const normals = 2 * features + pairs;
  return {
    name: pointName(point),
    us: whole.us.median,
    drawing: sampled.us.median,
    operations,
    normals,
    perNormal: looking / normals,
    bound: (1e6 * batch * operations) / peak,
  };
}
