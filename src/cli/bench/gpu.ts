import tfjsWebgpu from "../../backends/tfjs-webgpu.js";
import webgpu from "../../engine/webgpu/backend.js";
import { train } from "../../training/train.js";
import { type GpuCost, gpuCostOf } from "./gpu-launch.js";
import { type PeerResult, peerCosts, peers } from "./gpu-peers.js";
import { gpuPoints, pointName } from "./gpu-points.js";
import { machineLine, thisMachine } from "./machine.js";
import { trialOf } from "./problem.js";
import { table } from "./table.js";
import { millisecondsAStep } from "./timed.js";

/** Training on the GPU by everything this machine has, in one call. @throws Error where there is no GPU */
export async function benchGpu(): Promise<{ readonly data: object; readonly text: string }> {
  const machine = thisMachine();
  const opened = await webgpu.open();
  if (typeof opened === "string") throw new Error(opened);
  const costs: (GpuCost | { readonly why: string })[] = [];
  try {
    for (const point of gpuPoints)
      costs.push(await gpuCostOf(opened, point).catch((error) => ({ why: sentenceOf(error) })));
  } finally {
    await opened.close();
  }
  const tfjs = await stockTfjs().catch((error): PeerResult => ({ why: sentenceOf(error) }));
  const rivals: Awaited<ReturnType<typeof peerCosts>>[] = [];
  for (const peer of peers) rivals.push(await peerCosts(peer, gpuPoints));
  const points = gpuPoints.map((point, p) => ({
    name: pointName(point),
    ours: costs[p]!,
    theirs: rivals.map(({ results }) => results[p]!),
  }));
  const rows = points.map(({ name, ours, theirs }) => [
    name,
    "us" in ours ? ours.us.median.toPrecision(3) : "-",
    ...theirs.map((result) => ("us" in result ? result.us.toPrecision(3) : "-")),
    "us" in ours ? ratio(ours, theirs) : "-",
  ]);
  const notes = points.map(({ name, ours }) => `${name}: ${"us" in ours ? layout(ours) : ours.why}`);
  const said = rivals.flatMap(({ version, results }) => [
    version ?? "",
    ...new Set(results.map((result) => ("why" in result ? result.why : ""))),
  ]);
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
    ...said.filter((line) => line !== ""),
  ].join("\n\n");
  return { data: { machine, adapter: opened.adapter, points, tfjs }, text };
}

const sentenceOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

const layout = ({ says, us, compileMs, loss }: GpuCost): string =>
  `${says}; ${us.least.toPrecision(3)} .. ${us.most.toPrecision(3)} us in ${us.runs} runs, compiled in ` +
  `${compileMs.toFixed(0)} ms, last loss ${loss.toFixed(3)}`;

function ratio(ours: GpuCost, theirs: readonly PeerResult[]): string {
  const times = theirs.flatMap((result) => ("us" in result ? result.us : []));
  return times.length === 0 ? "-" : (Math.min(...times) / ours.us.median).toFixed(1);
}

/** tfjs's own operations under iclab's tfjs trainer. */
async function stockTfjs(): Promise<PeerResult> {
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
