import type { Backend, OpenBackend } from "../../types.js";
import { Pool } from "./pool.js";
import { hasSimd } from "./simd.js";

/** The CPU engine, open: its threads start at the first trial. */
export interface OpenCpu extends OpenBackend {
  readonly pool: Pool;
}

/** The CPU engine on at most this many threads; all of the machine's where left out. */
export function cpuBackend(threads?: number): Backend<OpenCpu> {
  return {
    name: "cpu",
    async open() {
      if (!hasSimd()) return "no WebAssembly SIMD here";
      const size = threads ?? (await processors());
      const pool = new Pool(size);
      const adapter = `WebAssembly SIMD, ${size} thread${size === 1 ? "" : "s"}`;
      return { name: "cpu", adapter, roundoff: 2 ** -24, pool, close: () => pool.close() };
    },
  };
}

async function processors(): Promise<number> {
  if (typeof process === "undefined") return navigator.hardwareConcurrency;
  return (await import("node:os")).availableParallelism();
}

export default cpuBackend();
