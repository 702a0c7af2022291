import webgpu, { type OpenWebgpu } from "../../engine/webgpu/backend.js";
import { type FusedShape, fusedPlan } from "../../engine/webgpu/fused-plan.js";
import type { Plan, Request } from "../../engine/webgpu/plan.js";
import { splitPlan } from "../../engine/webgpu/split-plan.js";
import { gpuCostOf } from "./gpu-launch.js";
import { type GpuPoint, gpuPoints, pointName } from "./gpu-points.js";
import { machineLine, thisMachine } from "./machine.js";
import { table } from "./table.js";

/** Layouts of a workgroup that trains a model by itself: lanes, lanes a prompt, and where the weights are. */
const alone: readonly FusedShape[] = [
  ...[64, 128, 256].flatMap((lanes) => [1, 2, 4].map((perPrompt) => ({ lanes, perPrompt, resident: false }))),
  ...[32, 64, 128].map((lanes) => ({ lanes, perPrompt: 1, resident: true })),
  ...[64, 128, 256].map((lanes) => ({ lanes, perPrompt: 1, resident: false, opaque: true })),
].map((shape) => ({ ...shape, groups: 1 }));

const together: readonly FusedShape[] = [1, 2, 4, 8].flatMap((perPrompt) =>
  [64, 128, 256].flatMap((lanes) => [4, 8, 16, 32, 64].map((groups) => ({ lanes, perPrompt, groups, resident: true }))),
);

/** The layouts worth a look at a point: passes of the whole batch, or of a half or quarter, where workgroups share it. */
function shapesOf({ models, problem: { batch } }: GpuPoint): readonly FusedShape[] {
  if (models > 1) return alone;
  return together.filter(({ lanes, perPrompt, groups }) => {
    const passes = (batch * perPrompt) / (lanes * groups);
    return passes >= 1 && passes <= 4;
  });
}

/** Of points that differ in little, one is enough. */
const isTuned = ({ problem: { drawing, context } }: GpuPoint): boolean =>
  drawing?.random === undefined && context <= 20;

/** Layouts of the kernels on this adapter, fastest first: what the rules of engine/webgpu/plan.ts were read off. */
export async function benchTuning(): Promise<{ readonly data: object; readonly text: string }> {
  const machine = thisMachine();
  const opened = await webgpu.open();
  if (typeof opened === "string") throw new Error(opened);
  const tables = [];
  try {
    for (const point of gpuPoints.filter(isTuned)) tables.push(await layoutsOf(opened, point));
  } finally {
    await opened.close();
  }
  const text = [
    "# Layouts of the GPU's kernels",
    machineLine(machine),
    opened.adapter,
    ...tables.map(({ name, layouts }) =>
      [
        `## ${name}`,
        table(
          ["", "us", "compile ms"],
          layouts.map(({ says, us, compile }) => [says, us, compile]),
        ),
      ].join("\n\n"),
    ),
  ].join("\n\n");
  return { data: { machine, adapter: opened.adapter, tables }, text };
}

async function layoutsOf(backend: OpenWebgpu, point: GpuPoint) {
  const { traits } = backend;
  const split = { lanes: 64, groups: point.models === 1 ? 32 : 1 };
  const plans: readonly (readonly [name: string, plan: (request: Request) => Plan | null])[] = [
    ["chosen", (request) => backend.plan(request)],
    ...shapesOf(point).map(
      (shape) => [JSON.stringify(shape), (request: Request) => fusedPlan(request, traits, shape)] as const,
    ),
    [`split ${JSON.stringify(split)}`, (request) => splitPlan(request, traits, split)],
  ];
  const layouts: { says: string; us: string; compile: string; median: number }[] = [];
  for (const [name, plan] of plans) {
    try {
      const { says, us, compileMs } = await gpuCostOf(backend, point, (request) => plan(request) ?? impossible(name));
      const label = name === "chosen" ? `chosen: ${says}` : name;
      layouts.push({ says: label, us: us.median.toPrecision(3), compile: compileMs.toFixed(0), median: us.median });
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      layouts.push({ says: `${name}: ${why}`, us: "-", compile: "-", median: Number.POSITIVE_INFINITY });
    }
  }
  return { name: pointName(point), layouts: layouts.sort((a, b) => a.median - b.median) };
}

function impossible(name: string): never {
  throw new RangeError(`${name} has no room on this adapter`);
}
