import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { replaceFile, writing } from "../runner/disk.js";
import { progressOn } from "../runner/progress.js";
import type { Outcome } from "../runner/run-experiment.js";
import { WorkerPool } from "../runner/worker-pool.js";
import type { Grid } from "./compute.js";
import { deviceStarter, plainStarter } from "./devices.js";
import { UsageError } from "./failure.js";
import { sayOnInterrupt } from "./interrupt.js";
import type { Workers } from "./limit-options.js";
import { isKept, type RunOptions } from "./run-options.js";
import { CHECKPOINT } from "./with-machine.js";
import type { Opening } from "./worker.js";

const main = fileURLToPath(new URL("main.js", import.meta.url));

/** Computes all parts in worker processes that are held to limits. @returns their outcomes, in order */
export async function computeInWorkers(
  { of, parts, texts }: Grid,
  options: RunOptions,
  { size, limits, devices }: Workers,
): Promise<Outcome[]> {
  const { out, seed, retry = false, checkpoint = CHECKPOINT } = options;
  const backend = devices && options.backend === "auto" ? "webgpu" : options.backend;
  if (devices && !backend.endsWith("webgpu"))
    throw new UsageError(`--devices is for GPUs: --backend ${backend} has none`);
  const start = devices ? deviceStarter(devices, main) : plainStarter(main);
  // A study may come from standard input, and its file may be changed while workers are started again.
  const folder = mkdtempSync(join(tmpdir(), "iclab-study-"));
  const resume = isKept(options);
  const progress = progressOn(process.stderr);
  sayOnInterrupt(out, progress);
  const opening: Opening = {
    ...{ of, texts: folder, out, seed, backend, size, resume, retry, begun: new Date().toISOString() },
    // A limit is a cell's: it needs a process that is at nothing else.
    alone: limits.seconds !== undefined || limits.bytes !== undefined || !devices,
    ...(checkpoint > 0 && { checkpointEvery: 1000 * checkpoint }),
  };
  const forget = () => rmSync(folder, { recursive: true, force: true });
  process.once("exit", forget);
  const pool = new WorkerPool({
    ...{ size, limits, resume, progress, opening },
    start,
    say: (sentence) => void process.stderr.write(`${sentence}\n`),
  });
  try {
    writing("the study", folder, () => {
      for (const [name, text] of Object.entries(texts)) replaceFile(join(folder, name), text);
    });
    const outcomes: Outcome[] = [];
    for (const [i, { job, store }] of parts.entries()) outcomes.push(await pool.run(i, job, store));
    return outcomes;
  } finally {
    pool.close();
    progress.stop();
    process.off("exit", forget);
    forget();
  }
}
