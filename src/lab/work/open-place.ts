import { hasSimd } from "../../engine/cpu/simd.js";
import type { OpenWebgpu } from "../../engine/webgpu/backend.js";
import type { Place } from "../messages.js";
import type { LabState } from "../state/settings.js";

/** Where training runs, and the GPU engine where it is the GPU. */
export interface OpenPlace extends Place {
  readonly gpu: OpenWebgpu | null;
}

/**
 * The visitor's GPU where there is one, and otherwise their CPU, with the sentence why. A GPU that is emulated on the CPU
 * is slower than the CPU's own engine: it is taken only where it was asked for by name.
 *
 * @throws Error where nothing opens, or the GPU was asked for and does not
 */
export async function openPlace(wanted: LabState["backend"]): Promise<OpenPlace> {
  let why: string | null = null;
  if (wanted !== "cpu") {
    const opened = await openGpu();
    if (typeof opened !== "string") {
      if (wanted === "webgpu" || !opened.software)
        return { name: "webgpu", adapter: opened.adapter, why: null, gpu: opened };
      await opened.close();
      why = `the only WebGPU here is emulated on the CPU (${opened.adapter.split(";")[0]})`;
    } else if (wanted === "webgpu") throw new Error(opened);
    else why = opened;
  }
  if (!hasSimd()) throw new Error(`no WebAssembly SIMD in this browser${why === null ? "" : `, and ${why}`}`);
  return { name: "cpu", adapter: "WebAssembly SIMD", why, gpu: null };
}

/** tfjs and the GPU engine are loaded only where a browser has WebGPU at all. */
async function openGpu(): Promise<OpenWebgpu | string> {
  if (!navigator.gpu) return "this browser has no WebGPU";
  const { default: backend } = await import("../../engine/webgpu/backend.js");
  return backend.open();
}
