import plain from "@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm.wasm?url";
import simd from "@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm?url";
import threaded from "@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-threaded-simd.wasm?url";
import { tfjsWasm } from "../../../src/backends/tfjs-wasm.js";
import tfjsWebgpu from "../../../src/backends/tfjs-webgpu.js";
import { uploadPrompts, uploadWeights } from "../../../src/backends/upload.js";
import webgpu, { type OpenWebgpu } from "../../../src/engine/webgpu/backend.js";
import { train as trainOnWebgpu } from "../../../src/engine/webgpu/train.js";
import { train } from "../../../src/training/train.js";
import type { OpenTfjs, Snapshot, Trial } from "../../../src/types.js";
import { type Case, casesOf } from "./cases.js";

/** What a page computed of one case: predictions of `apply`, and the snapshots of a short training. */
export interface Computed {
  readonly title: string;
  readonly predictions: readonly number[];
  readonly losses: readonly (number | null)[];
  /** Trained weights by name. */
  readonly trained: { readonly [name: string]: readonly number[] };
}

export type Answer = string | { readonly adapter: string; readonly software: boolean; readonly computed: Computed[] };

const backends = {
  webgpu,
  "tfjs-webgpu": tfjsWebgpu,
  "tfjs-wasm": tfjsWasm({
    "tfjs-backend-wasm.wasm": plain,
    "tfjs-backend-wasm-simd.wasm": simd,
    "tfjs-backend-wasm-threaded-simd.wasm": threaded,
  }),
};

/** The engine's kernels on the engine, tfjs's autodiff elsewhere. */
function trainedOn(backend: OpenTfjs, trial: Trial): AsyncIterable<Snapshot> {
  if (backend.name === "webgpu") return trainOnWebgpu([trial], { backend: backend as OpenWebgpu });
  return train([trial], { backend });
}

/** Every case on a backend of the page; called by the test. */
async function compute(name: keyof typeof backends): Promise<Answer> {
  const backend = await backends[name].open();
  if (typeof backend === "string") return backend;
  const { tf, adapter, software = false } = backend;
  const one = async ({ title, trial, weights, prompts }: Case): Promise<Computed> => {
    const applied = tf.tidy(() => trial.mixer.apply(tf, uploadWeights(tf, weights), uploadPrompts(tf, prompts)));
    const predictions = [...(await applied.data())];
    applied.dispose();
    const losses: (number | null)[] = [];
    let trained = {};
    for await (const snapshot of trainedOn(backend, trial)) {
      losses.push(snapshot.loss);
      trained = Object.fromEntries(Object.entries(snapshot.weights).map(([at, { data }]) => [at, [...data]]));
    }
    return { title, predictions, losses, trained };
  };
  const computed: Computed[] = [];
  for (const each of casesOf()) computed.push(await one(each));
  await backend.close();
  return { adapter, software, computed };
}

Object.assign(globalThis, { compute });
