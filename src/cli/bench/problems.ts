import type { Problem } from "./problem.js";

const size = { batch: 2048, context: 20, features: 10 } as const;

/** The problems of `iclab bench cpu`: the layers of von Oswald et al. 2023 and He et al. 2025, at their usual size. */
export const problems = [
  { name: "linear attention", attention: "linear", heads: 1, ...size },
  { name: "two-head softmax attention", attention: "softmax", heads: 2, ...size },
] as const satisfies readonly Problem[];
