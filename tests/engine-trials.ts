import { cpuBackend, type OpenCpu } from "../src/engine/cpu/backend.js";
import { train } from "../src/engine/cpu/train.js";
import { linearRegressionLaw } from "../src/laws/gaussian-linear.js";
import { keyOf } from "../src/math/keys.js";
import linear from "../src/mixers/linear-attention.js";
import softmax from "../src/mixers/softmax-attention.js";
import type { Schedule, Snapshot, Trial } from "../src/types.js";

export const features = 3;
export const context = 6;
export const law = linearRegressionLaw({ features, noise: 0.3 });
export const linearMixer = linear.make(linear.options.parse({ init: { scale: 0.3 } }), { features, context });
export const softmaxMixer = softmax.make(softmax.options.parse({ heads: 2, init: { scale: 0.3 } }), {
  features,
  context,
});

const schedule: Schedule = {
  ...{ steps: 12, batch: 300, rate: 0.02, clip: null, warmup: 0, decay: "constant", lossFactor: 1 },
  optimizer: { kind: "adam", betas: [0.9, 0.999], epsilon: 1e-8 },
};

/** A small trial with some of it changed. */
export const trialOf = (change: Partial<Trial> = {}, scheduled: Partial<Schedule> = {}): Trial => ({
  ...{ mixer: linearMixer, law, context, key: keyOf(1), record: [], ...change },
  schedule: { ...schedule, ...scheduled },
});

export async function openCpu(threads: number): Promise<OpenCpu> {
  const opened = await cpuBackend(threads).open();
  if (typeof opened === "string") throw new Error(opened);
  return opened;
}

/** All snapshots of trials that are trained on `backend`. */
export async function trained(backend: OpenCpu, trials: readonly Trial[], signal?: AbortSignal): Promise<Snapshot[]> {
  const snapshots: Snapshot[] = [];
  for await (const snapshot of train(trials, { backend, ...(signal && { signal }) })) snapshots.push(snapshot);
  return snapshots;
}
