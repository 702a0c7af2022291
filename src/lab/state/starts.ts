import type { Json, JsonMap } from "./settings.js";

/** What a unit begins with where options have to be said and a page has just been told its name. */
const STARTS: { readonly [kind: string]: JsonMap } = {
  autoregressive: { coefficients: [0.5, -0.3], noise: 1 },
  "corrupted-labels": { share: 0.2 },
  "inverted-attention": { variates: 1 },
  mixture: { first: {}, second: { noise: 1 } },
  "random-basis": { covariance: { power: 1 } },
  "several-tasks": { tasks: [[1], [2]] },
  stack: { depth: 2 },
  "task-pool": { tasks: 8 },
  "vector-autoregressive": {
    matrix: [
      [0.5, 0.3],
      [0, 0.6],
    ],
    noise: 1,
  },
};

/** A law of this kind, with as many features as the last one where it has features to choose. */
export function lawStart(kind: string, required: readonly string[], features: number): JsonMap {
  return { kind, ...(required.includes("features") && { features }), ...STARTS[kind] };
}

/** A mixer of this name, to be trained as the last one was. */
export function mixerStart(mixer: string, train: Json): JsonMap {
  return { mixer, ...STARTS[mixer], train };
}
