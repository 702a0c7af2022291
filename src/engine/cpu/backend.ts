import type { Backend, OpenBackend } from "../../types.js";
import { Pool } from "./pool.js";

/** The CPU engine, open: its threads start at the first trial. */
export interface OpenCpu extends OpenBackend {
  readonly pool: Pool;
}

/** The CPU engine on at most this many threads; all of the machine's where left out. */
export function cpuBackend(threads?: number): Backend<OpenCpu> {
  return {
    name: "cpu",
    async open() {
      if (typeof WebAssembly === "undefined" || !WebAssembly.validate(SIMD_PROBE)) return "no WebAssembly SIMD here";
      const size = threads ?? (await processors());
      const pool = new Pool(size);
      const adapter = `WebAssembly SIMD, ${size} thread${size === 1 ? "" : "s"}`;
      return { name: "cpu", adapter, roundoff: 2 ** -24, pool, close: () => pool.close() };
    },
  };
}

/** A module with one function that makes a v128 constant and drops it: valid only where SIMD is. */
const SIMD_PROBE = Uint8Array.from(
  [
    [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    [1, 4, 1, 0x60, 0, 0],
    [3, 2, 1, 0],
    [10, 23, 1, 21, 0, 0xfd, 12, ...new Array<number>(16).fill(0), 0x1a, 0x0b],
  ].flat(),
);

async function processors(): Promise<number> {
  if (typeof process === "undefined") return navigator.hardwareConcurrency;
  return (await import("node:os")).availableParallelism();
}

export default cpuBackend();
