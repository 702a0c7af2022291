import type { OpenCpu } from "../engine/cpu/backend.js";
import type { OpenWebgpu } from "../engine/webgpu/backend.js";
import type { OpenBackend, OpenTfjs, Snapshot, Trial } from "../types.js";

/** What trains on a backend that is open. */
export type Trainer = (trials: readonly Trial[], env: { readonly signal?: AbortSignal }) => AsyncIterable<Snapshot>;

/** The trainer of an open backend. Loaded late: commands that train nothing do not pay for it. */
export async function trainerOf(backend: OpenBackend): Promise<Trainer> {
  if ("pool" in backend) {
    const { train } = await import("../engine/cpu/train.js");
    return (trials, env) => train(trials, { ...env, backend: backend as OpenCpu });
  }
  if (backend.name === "webgpu") {
    const { train } = await import("../engine/webgpu/train.js");
    return (trials, env) => train(trials, { ...env, backend: backend as OpenWebgpu });
  }
  const { train } = await import("../training/train.js");
  return (trials, env) => train(trials, { ...env, backend: backend as OpenTfjs });
}

/** Trials that a backend trains at once with a gain: workgroups of a GPU, threads of the CPU with a few each; tfjs has none. */
export function trainedTogether(backend: OpenBackend): number {
  if ("pool" in backend) return 8 * (backend as OpenCpu).pool.size;
  return backend.name === "webgpu" ? 1024 : 1;
}
