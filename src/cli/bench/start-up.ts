import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { type Spread, spreadOf } from "./spread.js";

/** Milliseconds from the start of a process to the end of its first training step: imports, compilation, threads. */
export function startUp(runs: number): Spread {
  const program = fileURLToPath(new URL("./first-step.js", import.meta.url));
  const times = Array.from({ length: runs }, () => {
    const begun = performance.now();
    const { status, stderr } = spawnSync(process.execPath, [program], { encoding: "utf8" });
    if (status !== 0) throw new Error(`the first step failed: ${stderr}`);
    return performance.now() - begun;
  });
  return spreadOf(times);
}
