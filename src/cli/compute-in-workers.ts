import { fork } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { replaceFile, writing } from "../runner/disk.js";
import { progressOn } from "../runner/progress.js";
import type { Outcome } from "../runner/run-experiment.js";
import { type Limits, WorkerPool } from "../runner/worker-pool.js";
import type { Grid } from "./compute.js";
import { sayOnInterrupt } from "./interrupt.js";
import { isKept, type RunOptions } from "./run-options.js";
import { CHECKPOINT } from "./with-machine.js";
import type { Opening } from "./worker.js";

const main = fileURLToPath(new URL("main.js", import.meta.url));

/** Computes all parts in worker processes that are held to limits. @returns their outcomes, in order */
export async function computeInWorkers(
  { of, parts, texts }: Grid,
  options: RunOptions,
  { size, limits }: { readonly size: number; readonly limits: Limits },
): Promise<Outcome[]> {
  const { out, seed, backend, retry = false, checkpoint = CHECKPOINT } = options;
  // A study may come from standard input, and its file may be changed while workers are started again.
  const folder = mkdtempSync(join(tmpdir(), "iclab-study-"));
  const resume = isKept(options);
  const progress = progressOn(process.stderr);
  sayOnInterrupt(out, progress);
  const opening: Opening = {
    ...{ of, texts: folder, out, seed, backend, size, resume, retry, begun: new Date().toISOString() },
    ...(checkpoint > 0 && { checkpointEvery: 1000 * checkpoint }),
  };
  const forget = () => rmSync(folder, { recursive: true, force: true });
  process.once("exit", forget);
  const pool = new WorkerPool({
    ...{ size, limits, resume, progress, opening },
    start: () => fork(main, ["worker"], { stdio: ["ignore", "pipe", "pipe", "ipc"] }),
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
