import type { OpenCpu } from "../engine/cpu/backend.js";
import type { OpenWebgpu } from "../engine/webgpu/backend.js";
import type { Checkpoints, OpenBackend, OpenTfjs, Snapshot, Trial } from "../types.js";
import { isSmall } from "./cell-groups.js";

/** What trains on a backend that is open. */
export type Trainer = (
  trials: readonly Trial[],
  env: { readonly signal?: AbortSignal; readonly checkpoints?: Checkpoints },
) => AsyncIterable<Snapshot>;

/** Models that a GPU trains at once with a gain, and that layouts of small trials are made for. */
const COMPANY = 1024;

/** Trials for each thread of the CPU: a few, so that threads wait for the last one only. */
const EACH = 8;

/** The trainer of an open backend: a small trial has the same snapshots bit for bit, whatever is trained with it. Loaded late: commands that train nothing do not pay for it. */
export async function trainerOf(backend: OpenBackend): Promise<Trainer> {
  if ("pool" in backend) {
    const { train } = await import("../engine/cpu/train.js");
    return (trials, env) => train(trials, { ...env, backend: backend as OpenCpu });
  }
  if (backend.name === "webgpu") {
    const [{ train }, { inCompany }] = [
      await import("../engine/webgpu/train.js"),
      await import("../engine/webgpu/in-company.js"),
    ];
    const whole = backend as OpenWebgpu;
    const shared = inCompany(whole, COMPANY);
    return (trials, env) => train(trials, { ...env, backend: trials.every(isSmall) ? shared : whole });
  }
  const { train } = await import("../training/train.js");
  return (trials, env) => train(trials, { ...env, backend: backend as OpenTfjs });
}

/** Trials that a backend trains at once with a gain; tfjs, which trains one after another, has none. */
export function trainedTogether(backend: OpenBackend): number {
  if ("pool" in backend) return EACH * (backend as OpenCpu).pool.size;
  return backend.name === "webgpu" ? COMPANY : 1;
}
