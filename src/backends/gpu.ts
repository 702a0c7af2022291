import { missingDriver } from "./missing-driver.js";

/** A WebGPU adapter, found through `navigator.gpu` until `release`. */
export interface Gpu {
  readonly adapter: GPUAdapter;
  /** Vendor, architecture and description as the driver gives them. */
  readonly description: string;
  /** True where the "GPU" is emulated on the CPU (SwiftShader, llvmpipe): right, but slower than WebAssembly. */
  readonly software: boolean;
  /** Takes Dawn off `navigator` in Node; the adapter and its devices must not be used afterwards. */
  release(): void;
}

/** npm `webgpu`, named in a variable so that bundlers leave it out of a page, which has WebGPU of its own. */
const dawnPackage = "webgpu";

/**
 * Dawn's instance, one a process and never given up: Dawn goes on handling events of an instance (the loss of a device
 * that was destroyed, say) when nothing holds it any more, and the process dies of that (SIGSEGV). It does not keep
 * Node from exiting once its devices are destroyed.
 */
let instance: GPU | null = null;

/**
 * Node has no WebGPU: Dawn's is put where every WebGPU program looks for it, on `navigator.gpu`. tfjs reads it when
 * its backend is imported and again when it opens, so it must stand there before either.
 */
async function dawn(): Promise<() => void> {
  const { create, globals } = (await import(/* @vite-ignore */ dawnPackage)) as typeof import("webgpu");
  Object.assign(globalThis, globals);
  const before = Object.getOwnPropertyDescriptor(globalThis, "navigator");
  instance ??= create([]);
  Object.defineProperty(globalThis, "navigator", { value: { gpu: instance }, configurable: true });
  return () => {
    if (before) Object.defineProperty(globalThis, "navigator", before);
    else Reflect.deleteProperty(globalThis, "navigator");
  };
}

const firstLine = (error: unknown): string => String(error instanceof Error ? error.message : error).split("\n")[0]!;

/** Finds the machine's WebGPU adapter, in Node through Dawn and in a page through the browser, or says why there is none. */
export async function findGpu(): Promise<Gpu | string> {
  let release = (): void => {};
  if (globalThis.navigator?.gpu === undefined) {
    if (typeof process === "undefined") return "no WebGPU in this browser: navigator.gpu is missing";
    const missing = missingDriver();
    if (missing !== null) return missing;
    try {
      release = await dawn();
    } catch (error) {
      return `no WebGPU on this machine: Dawn (npm package webgpu) does not load: ${firstLine(error)}`;
    }
  }
  let adapter: GPUAdapter | null = null;
  let reason = "no Vulkan, Metal or Direct3D driver answered";
  try {
    adapter = await navigator.gpu.requestAdapter({ powerPreference: "high-performance" });
  } catch (error) {
    reason = firstLine(error);
  }
  if (adapter === null) {
    release();
    return `no WebGPU adapter on this machine: ${reason}`;
  }
  const { vendor, architecture, device, description } = adapter.info;
  const named = [vendor, architecture, device, description].filter((part) => part !== "").join(", ");
  const software = adapter.info.isFallbackAdapter || /swiftshader|llvmpipe|basic render/i.test(named);
  return { adapter, description: named || "unnamed WebGPU adapter", software, release };
}
