import type { Backend, BackendName } from "../types.js";
import tfjsCpu from "./tfjs-cpu.js";
import tfjsWasm from "./tfjs-wasm.js";
import tfjsWebgpu from "./tfjs-webgpu.js";

/** What became of opening a backend: what runs underneath, or the sentence why it does not open here. */
export type BackendState = { readonly name: BackendName } & (
  | { readonly opens: true; readonly adapter: string; readonly software: boolean }
  | { readonly opens: false; readonly why: string }
);

/**
 * Opens each backend in turn and closes it again, for `iclab doctor`. In turn, because tfjs holds one at a time: a
 * backend that the caller has open makes the others answer so.
 *
 * @example
 * import { findBackends } from "iclab/backends/find";
 *
 * const states = await findBackends();
 * states.map(({ name }) => name); // ["tfjs-webgpu", "tfjs-wasm", "tfjs-cpu"]
 * states.at(-1)?.opens; // true
 */
export async function findBackends(
  backends: readonly Backend[] = [tfjsWebgpu, tfjsWasm, tfjsCpu],
): Promise<readonly BackendState[]> {
  const states: BackendState[] = [];
  for (const { name, open } of backends) {
    const opened = await open();
    if (typeof opened === "string") {
      states.push({ name, opens: false, why: opened });
      continue;
    }
    states.push({ name, opens: true, adapter: opened.adapter, software: opened.software ?? false });
    await opened.close();
  }
  return states;
}
