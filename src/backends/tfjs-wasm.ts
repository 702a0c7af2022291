import type { Backend, OpenTfjs } from "../types.js";
import { tfjsBackend } from "./tfjs.js";

/** Where a page serves the .wasm files of `@tensorflow/tfjs-backend-wasm`: their folder, or each file's address. */
export type WasmFiles = string | { readonly [file: string]: string };

/**
 * tfjs's WebAssembly backend. Node finds the .wasm files in the package; a bundled page says where it serves them.
 * tfjs picks SIMD and threads by itself: threads only in a page that is cross-origin isolated, one thread in Node.
 */
export function tfjsWasm(files?: WasmFiles): Backend<OpenTfjs> {
  return tfjsBackend({
    name: "tfjs-wasm",
    registered: "wasm",
    async load(tf) {
      if (typeof WebAssembly === "undefined") return "no WebAssembly here";
      const wasm = await import("@tensorflow/tfjs-backend-wasm");
      if (files !== undefined) wasm.setWasmPaths(typeof files === "string" ? files : { ...files });
      const simd = (await tf.env().getAsync("WASM_HAS_SIMD_SUPPORT")) ? " SIMD" : "";
      const threads = (): number => (tf.env().getBool("WASM_HAS_MULTITHREAD_SUPPORT") ? wasm.getThreadsCount() : 1);
      const adapter = (): string => `WebAssembly${simd}, ${threads()} thread${threads() === 1 ? "" : "s"}`;
      return { software: false, adapter, release: () => {} };
    },
  });
}

export default tfjsWasm();
