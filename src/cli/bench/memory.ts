import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

/** Megabytes of a process of its own, libraries and threads included. */
export interface MemoryUse {
  /** The most that was held while 256 models of d = 20, n = 40 were trained on all cores. */
  readonly peak: number;
  /** What 10,000 trials left behind, 10,000 having gone before. */
  readonly growth: number;
}

/** @throws Error where the process fails */
export function memoryUse(): MemoryUse {
  const program = fileURLToPath(new URL("./memory-use.js", import.meta.url));
  const { status, stdout, stderr } = spawnSync(process.execPath, ["--expose-gc", program], { encoding: "utf8" });
  if (status !== 0) throw new Error(`measuring memory failed: ${stderr}`);
  return JSON.parse(stdout) as MemoryUse;
}
