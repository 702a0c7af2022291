import type { Problem } from "./problem.js";

/** So many models of one problem, trained together on a GPU. */
export interface GpuPoint {
  readonly problem: Problem;
  readonly models: number;
}

const size = { context: 20, features: 10 } as const;
const linear = { name: "linear attention", attention: "linear", heads: 1, ...size } as const;
const softmax = { name: "two-head softmax attention", attention: "softmax", heads: 2, ...size } as const;
const gram = { prompts: "gram" } as const;
const cheaper = { random: "pcg4d-boxmuller" } as const;

/** The points of `iclab bench gpu`: sweeps at the papers' batches, and one model that has a GPU to itself. */
export const gpuPoints: readonly GpuPoint[] = [
  { models: 1024, problem: { ...linear, batch: 256 } },
  { models: 1024, problem: { ...linear, batch: 256, drawing: cheaper } },
  { models: 256, problem: { ...linear, batch: 2048 } },
  { models: 1024, problem: { ...softmax, batch: 256 } },
  { models: 256, problem: { ...softmax, batch: 2048 } },
  { models: 1, problem: { ...linear, batch: 2048 } },
  { models: 1, problem: { ...linear, batch: 256 } },
  { models: 1, problem: { ...softmax, batch: 256 } },
  { models: 1024, problem: { ...linear, batch: 256, drawing: gram } },
  { models: 1024, problem: { ...linear, batch: 256, context: 1000, drawing: gram } },
];

/** A point in words. */
export function pointName({ models, problem: { name, batch, context, drawing } }: GpuPoint): string {
  const drawn = [drawing?.prompts === "gram" ? `Gram path, n = ${context}` : "", drawing?.random ?? ""];
  const count = models === 1 ? "1 model" : `${models} models`;
  return [`${name}, ${count}, batch ${batch}`, ...drawn.filter((part) => part !== "")].join(", ");
}
