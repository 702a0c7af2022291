/** A program that trains many models and prints its memory in megabytes, as JSON: what `memory.ts` starts. */
import { cpuBackend } from "../../engine/cpu/backend.js";
import { train } from "../../engine/cpu/train.js";
import { keyOf } from "../../math/keys.js";
import type { Trial } from "../../types.js";
import type { MemoryUse } from "./memory.js";
import { trialOf } from "./problem.js";
import { problems } from "./problems.js";

const backend = await cpuBackend().open();
if (typeof backend === "string") throw new Error(backend);

async function trained(count: number, of: (index: number) => Trial): Promise<void> {
  const trials = Array.from({ length: count }, (_, index) => ({ ...of(index), key: keyOf(index) }));
  for await (const { status } of train(trials, { backend: backend as Exclude<typeof backend, string> }))
    if (status !== "ok") throw new Error(`a trial is ${status}`);
}

/** What is held once everything that can be freed is. */
function resident(): number {
  globalThis.gc?.();
  return process.memoryUsage.rss() / 2 ** 20;
}

await trained(256, () => ({ ...trialOf({ ...problems[0], features: 20, context: 40 }, 10), record: [0, 1, 10] }));
const peak = process.resourceUsage().maxRSS / 2 ** 10;
const small = () => trialOf({ ...problems[0], batch: 128 }, 1);
// Threads' heaps take some thousand trials to reach the size at which they collect.
const many = async () => {
  for (let round = 0; round < 10; round++) await trained(1000, small);
};
await many();
const before = resident();
await many();
const use: MemoryUse = { peak, growth: resident() - before };
process.stdout.write(JSON.stringify(use));
