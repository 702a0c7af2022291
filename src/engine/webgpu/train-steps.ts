import type { WebGPUBackend } from "@tensorflow/tfjs-backend-webgpu";
import type { KernelFunc, Tensor, TensorInfo } from "@tensorflow/tfjs-core";
import type { Tf } from "../../types.js";
import { pipelineOf } from "./pipelines.js";
import type { Plan } from "./plan.js";
import { Binding } from "./shader-frame.js";
import { onCpu } from "./steps-on-cpu.js";

/** The name of the custom kernel by which tfjs makes training steps, on every backend that has it. */
export const TRAIN_STEPS = "TrainSteps";

/** What a launch reads: a model a row, but for numbers and paces, which records point into. */
export interface Given {
  /** (models, parameters) */
  readonly weights: Tensor;
  /** (models, 4 parameters + 4): the optimiser's memory and how training stands. */
  readonly memory: Tensor;
  /** (models, words) of int32: see record.ts. */
  readonly trials: Tensor;
  /** Settings and tables of the laws. */
  readonly numbers: Tensor;
  /** (rows, steps, 3): shares of the rate and what corrects the moments' bias. */
  readonly paces: Tensor;
}

/** Which updates of all models are made: first .. last; the paces begin with update `origin`. */
export interface Steps {
  readonly first: number;
  readonly last: number;
  readonly origin: number;
}

/** The models after these updates, as new tensors of the same backend. */
export function trainSteps(tf: Tf, plan: Plan, given: Given, steps: Steps): Pick<Given, "weights" | "memory"> {
  const inputs = { ...given };
  const attributes = { plan, ...steps } as unknown as Parameters<ReturnType<Tf["engine"]>["runKernel"]>[2];
  const [weights, memory] = tf.engine().runKernel(TRAIN_STEPS, inputs, attributes) as Tensor[];
  return { weights: weights!, memory: memory! };
}

/** A compiled plan on one device, with the buffers that every launch of it uses. */
interface Compiled {
  readonly pipelines: readonly GPUComputePipeline[];
  readonly places: GPUBuffer;
  readonly launch: GPUBuffer;
  partials: GPUBuffer;
}

const compiled = new WeakMap<GPUDevice, Map<Plan, Compiled>>();

/** @throws Error with the compiler's first complaint and its line */
export async function compile(device: GPUDevice, plan: Plan): Promise<void> {
  const known = compiled.get(device) ?? new Map<Plan, Compiled>();
  compiled.set(device, known);
  if (known.has(plan)) return;
  const layout = layoutOf(device);
  const pipelines = await Promise.all(plan.kernels.map(({ text }) => pipelineOf(device, layout, text)));
  const { STORAGE, COPY_DST, UNIFORM } = GPUBufferUsage;
  const places = device.createBuffer({ size: plan.places.byteLength, usage: STORAGE | COPY_DST });
  device.queue.writeBuffer(places, 0, plan.places);
  const partials = device.createBuffer({ size: 4 * plan.partials * plan.request.models, usage: STORAGE | COPY_DST });
  const launch = device.createBuffer({ size: 32, usage: UNIFORM | COPY_DST });
  known.set(plan, { pipelines, places, launch, partials });
}

/** One layout a device: pipelines and bind groups of all plans share it. */
const layouts = new WeakMap<GPUDevice, GPUBindGroupLayout>();

function layoutOf(device: GPUDevice): GPUBindGroupLayout {
  const layout = layouts.get(device) ?? device.createBindGroupLayout({ entries: Object.entries(Binding).map(entryOf) });
  layouts.set(device, layout);
  return layout;
}

const kinds: Readonly<Record<keyof typeof Binding, GPUBufferBindingType>> = {
  weights: "storage",
  memory: "storage",
  trials: "read-only-storage",
  numbers: "read-only-storage",
  paces: "read-only-storage",
  places: "read-only-storage",
  partials: "storage",
  launch: "uniform",
};

const entryOf = ([name, binding]: [string, number]): GPUBindGroupLayoutEntry => ({
  binding,
  visibility: GPUShaderStage.COMPUTE,
  buffer: { type: kinds[name as keyof typeof Binding] },
});

/** Gives back what a plan holds on a device. */
export function forget(device: GPUDevice, plan: Plan): void {
  const known = compiled.get(device)?.get(plan);
  for (const buffer of [known?.places, known?.launch, known?.partials]) buffer?.destroy();
  compiled.get(device)?.delete(plan);
}

/** On tfjs's WebGPU backend: copies of the models are trained in place, by its own device and queue. */
const onWebgpu: KernelFunc = ({ inputs, attrs, backend }) => {
  const gpu = backend as WebGPUBackend;
  const given = inputs as unknown as Given;
  const { plan, first, last, origin } = attrs as unknown as Steps & { readonly plan: Plan };
  const { device } = gpu;
  const made = compiled.get(device)?.get(plan);
  if (!made) throw new Error("a plan is compiled for the device before its first steps");
  const bufferOf = (tensor: TensorInfo): GPUBuffer => {
    gpu.uploadToGPU(tensor.dataId);
    return gpu.tensorMap.get(tensor.dataId).resource as GPUBuffer;
  };
  const copies = [given.weights, given.memory].map(({ shape, dtype }) => gpu.makeTensorInfo(shape, dtype));
  const [weights, memory] = copies.map(bufferOf);
  const buffers: Record<keyof typeof Binding, GPUBuffer> = {
    weights: weights!,
    memory: memory!,
    trials: bufferOf(given.trials),
    numbers: bufferOf(given.numbers),
    paces: bufferOf(given.paces),
    places: made.places,
    partials: made.partials,
    launch: made.launch,
  };
  const [models] = given.weights.shape as [number];
  const span = given.paces.shape[1]!;
  if (plan.together > 1) device.queue.writeBuffer(made.partials, 0, unmarked(plan, models, first));
  device.queue.writeBuffer(made.launch, 0, Uint32Array.of(first, last, origin, span, 0));
  // Uploads and operations that tfjs has recorded come before ours.
  const [weightsBefore, memoryBefore] = [bufferOf(given.weights), bufferOf(given.memory)];
  gpu.ensureCommandEncoderReady();
  gpu.endComputePassEncoder();
  gpu.submitQueue();
  const encoder = device.createCommandEncoder();
  encoder.copyBufferToBuffer(weightsBefore, 0, buffers.weights, 0, buffers.weights.size);
  encoder.copyBufferToBuffer(memoryBefore, 0, buffers.memory, 0, buffers.memory.size);
  const pass = encoder.beginComputePass();
  const entries = Object.entries(Binding).map(([name, binding]) => ({
    binding,
    resource: { buffer: buffers[name as keyof typeof Binding] },
  }));
  pass.setBindGroup(0, device.createBindGroup({ layout: layoutOf(device), entries }));
  const rounds = plan.kernels.length === 1 ? Math.min(1, last - first + 1) : last - first + 1;
  for (let round = 0; round < rounds; round++)
    plan.kernels.forEach(({ groups }, k) => {
      pass.setPipeline(made.pipelines[k]!);
      pass.dispatchWorkgroups(models * groups);
    });
  pass.end();
  device.queue.submit([encoder.finish()]);
  return copies;
};

/** Partial sums that bear the mark of no update to come: those of two updates before the first that take their turn. */
function unmarked({ partials }: Plan, models: number, first: number): Uint32Array<ArrayBuffer> {
  const words = new Uint32Array(partials * models);
  const turn = (partials - 1) / 2;
  for (let model = 0; model < models; model++)
    for (const step of [first, first + 1]) {
      const at = model * partials + (step % 2) * turn;
      words.fill((step + 2) % 4, at, at + turn);
    }
  return words;
}

/** Makes the kernel known to tfjs's WebGPU and JavaScript backends, once a process. */
export function registerTrainSteps(tf: Tf): void {
  const functions = { webgpu: onWebgpu, cpu: onCpu };
  for (const [backendName, kernelFunc] of Object.entries(functions))
    if (tf.getKernel(TRAIN_STEPS, backendName) == null)
      tf.registerKernel({ kernelName: TRAIN_STEPS, backendName, kernelFunc });
}
