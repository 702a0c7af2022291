import { runsTogether } from "./runs-together.js";
import { turnError } from "./turn-error.js";

/** What the engine's kernels are fitted to: an open device, as far as it matters to them. */
export interface Traits {
  readonly workgroupBytes: number;
  readonly invocations: number;
  /** Lanes that exchange values without memory; null where the device has no subgroups of one known size. */
  readonly subgroup: number | null;
  /** Box-Muller's angles by the device's own sines and cosines where they are good enough, else by polynomials. */
  readonly turns: "native" | "polynomial";
  /** Whether workgroups of one dispatch run at the same time, so that they may wait for each other. */
  readonly together: boolean;
  /** True where a GPU is emulated on the CPU. */
  readonly software: boolean;
}

/** Largest error of a sine or cosine that leaves normals good to a dozen roundoffs: 2^-20. NVIDIA's are within it. */
const TURN_ERROR = 2 ** -20;

/** Reads limits and measures what WebGPU leaves open. */
export async function traitsOf(device: GPUDevice, software: boolean): Promise<Traits> {
  const { subgroupMinSize, subgroupMaxSize } = device.adapterInfo ?? {};
  const known = device.features.has("subgroups") && subgroupMinSize === subgroupMaxSize;
  return {
    workgroupBytes: device.limits.maxComputeWorkgroupStorageSize,
    invocations: device.limits.maxComputeInvocationsPerWorkgroup,
    subgroup: known ? (subgroupMinSize ?? null) : null,
    turns: (await turnError(device)) <= TURN_ERROR ? "native" : "polynomial",
    together: !software && (await runsTogether(device)),
    software,
  };
}

/** What an adapter can, in words: part of every provenance and of `iclab doctor`. */
export function traitsText({ workgroupBytes, invocations, subgroup, turns, together }: Traits): string {
  const lanes = subgroup === null ? "no subgroups" : `subgroups of ${subgroup}`;
  const meet = together ? "several workgroups a model" : "one workgroup a model and dispatch";
  return `${workgroupBytes / 1024} KiB a workgroup of up to ${invocations} lanes, ${lanes}, ${turns} sines, ${meet}`;
}
