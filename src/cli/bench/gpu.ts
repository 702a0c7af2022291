import tfjsWebgpu from "../../backends/tfjs-webgpu.js";
import webgpu, { type OpenWebgpu } from "../../engine/webgpu/backend.js";
import { train } from "../../training/train.js";
import { type GpuCost, gpuCostOf } from "./gpu-launch.js";
import { type GpuPoint, gpuPoints, pointName } from "./gpu-points.js";
import { machineLine, thisMachine } from "./machine.js";
import { trialOf } from "./problem.js";
import { pythonContestant } from "./python-contestant.js";
import { table } from "./table.js";
import { millisecondsAStep } from "./timed.js";

const peers = [
  { name: "JAX, threefry2x32", script: "jax_gpu.py", settings: { random: "threefry2x32" } },
  { name: "JAX, rbg", script: "jax_gpu.py", settings: { random: "rbg" } },
  { name: "PyTorch, CUDA graph", script: "torch_gpu.py", settings: {} },
] as const;

const PEER_RUNS = 3;

/** What became of a contestant at a point: microseconds an update and model, or why there are none. */
type Result = { readonly us: number } | { readonly why: string };

/** Training on the GPU by everything this machine has, in one call. @throws Error where there is no GPU */
export async function benchGpu(): Promise<{ readonly data: object; readonly text: string }> {
  const machine = thisMachine();
  const opened = await webgpu.open();
  if (typeof opened === "string") throw new Error(opened);
  const points = [];
  try {
    for (const point of gpuPoints) points.push(await contest(opened, point));
  } finally {
    await opened.close();
  }
  const tfjs = await stockTfjs();
  const rows = points.map(({ name, ours, theirs }) => [
    name,
    "us" in ours ? ours.us.median.toPrecision(3) : "-",
    ...theirs.map((result) => ("us" in result ? result.us.toPrecision(3) : "-")),
    "us" in ours ? ratio(ours, theirs) : "-",
  ]);
  const notes = points.map(({ name, ours }) => `${name}: ${"us" in ours ? layout(ours) : ours.why}`);
  const missing = [
    ...new Set(points.flatMap(({ theirs }) => theirs.flatMap((each) => ("why" in each ? each.why : [])))),
  ];
  const text = [
    "# Training on the GPU",
    machineLine(machine),
    opened.adapter,
    "Microseconds an update and model: prompts drawn, loss, gradient and Adam; d = 10, n = 20 where not said otherwise.",
    table(["", "iclab", ...peers.map(({ name }) => name), "fastest peer / iclab"], rows),
    "us" in tfjs
      ? `Stock tfjs WebGPU, 1 model, batch 2048: ${tfjs.us.toFixed(0)} us`
      : `Stock tfjs WebGPU: ${tfjs.why}`,
    ...notes,
    ...missing,
  ].join("\n\n");
  return { data: { machine, adapter: opened.adapter, points, tfjs }, text };
}

const layout = ({ says, us, compileMs, loss }: GpuCost): string =>
  `${says}; ${us.least.toPrecision(3)} .. ${us.most.toPrecision(3)} us in ${us.runs} runs, compiled in ` +
  `${compileMs.toFixed(0)} ms, last loss ${loss.toFixed(3)}`;

function ratio(ours: GpuCost, theirs: readonly Result[]): string {
  const times = theirs.flatMap((result) => ("us" in result ? result.us : []));
  return times.length === 0 ? "-" : (Math.min(...times) / ours.us.median).toFixed(1);
}

async function contest(backend: OpenWebgpu, point: GpuPoint) {
  const name = pointName(point);
  const ours: GpuCost | { why: string } = await gpuCostOf(backend, point).catch((error) => ({ why: String(error) }));
  const theirs: Result[] = [];
  // Peers draw pairs by their own generators: points that differ in the drawing only are ours alone.
  for (const peer of point.problem.drawing ? [] : peers) theirs.push(await peerCost(peer, point));
  return { name, ours, theirs: point.problem.drawing ? peers.map(() => ({ why: "" })) : theirs };
}

async function peerCost({ name, script, settings }: (typeof peers)[number], point: GpuPoint): Promise<Result> {
  const { models, problem } = point;
  const steps = models === 1 ? 2000 : 100;
  const racer = await pythonContestant(name, script, { ...settings, models, steps }).open(problem);
  if (typeof racer === "string") return { why: `${name}: ${racer}` };
  try {
    const times: number[] = [];
    for (let run = 0; run < PEER_RUNS; run++) times.push((1000 * (await racer.run())) / models);
    return { us: times.sort((a, b) => a - b)[1]! };
  } catch (error) {
    return { why: `${name}, ${pointName(point)}: ${error instanceof Error ? error.message : String(error)}` };
  } finally {
    await racer.close();
  }
}

/** tfjs's own operations under iclab's tfjs trainer. */
async function stockTfjs(): Promise<Result> {
  const backend = await tfjsWebgpu.open();
  if (typeof backend === "string") return { why: backend };
  try {
    const trial = trialOf({ ...gpuPoints[2]!.problem, batch: 2048 }, 6);
    await millisecondsAStep(train([trial], { backend }), 6);
    return { us: 1000 * (await millisecondsAStep(train([trial], { backend }), 6)) };
  } finally {
    await backend.close();
  }
}
