import { existsSync } from "node:fs";
import { join } from "node:path";
import { packageRoot } from "../../runner/package-root.js";
import { type GpuPoint, pointName } from "./gpu-points.js";
import { startPython, type Talk } from "./python-contestant.js";

/** What else trains on a GPU: scripts of tests/bench, in the Python of the PATH. */
export const peers = [
  { name: "JAX, threefry2x32", script: "jax_gpu.py", settings: { random: "threefry2x32" } },
  { name: "JAX, rbg", script: "jax_gpu.py", settings: { random: "rbg" } },
  { name: "PyTorch, CUDA graph", script: "torch_gpu.py", settings: {} },
] as const;

const RUNS = 3;

/** What became of a peer at a point: microseconds an update and model, or why there are none. */
export type PeerResult = { readonly us: number } | { readonly why: string };

/** A peer's costs at all points, by one process. Points that differ in the drawing only are not its own. */
export async function peerCosts(
  { name, script, settings }: (typeof peers)[number],
  points: readonly GpuPoint[],
): Promise<{ readonly version: string | null; readonly results: readonly PeerResult[] }> {
  const none = (why: string) => ({ version: null, results: points.map(() => ({ why: `${name}: ${why}` })) });
  const file = join(packageRoot, "tests", "bench", script);
  if (!existsSync(file)) return none(`tests/bench/${script} is in the repository only`);
  const talk = startPython("python3", file);
  const hello = await talk.answer();
  if (hello === null) return none(`python3 cannot run it: ${talk.complaint()}`);
  const results: PeerResult[] = [];
  for (const point of points)
    results.push(
      point.problem.drawing ? { why: "" } : await costOf(talk, point, `${name}, ${pointName(point)}`, settings),
    );
  talk.end();
  return { version: `${name}: ${(JSON.parse(hello) as { readonly version: string }).version}`, results };
}

async function costOf(talk: Talk, { models, problem }: GpuPoint, name: string, settings: object): Promise<PeerResult> {
  const { attention, heads, batch, context, features } = problem;
  const steps = models === 1 ? 2000 : 100;
  const work = JSON.stringify({ attention, heads, models, batch, context, features, steps, ...settings });
  const times: number[] = [];
  // The first run compiles.
  for (let run = 0; run <= RUNS; run++) {
    talk.ask(work);
    const line = await talk.answer();
    if (line === null) return { why: `${name}: ${talk.complaint()}` };
    if (run > 0) times.push((1000 * (JSON.parse(line) as { readonly ms: number }).ms) / models);
  }
  return { us: times.sort((a, b) => a - b)[Math.floor(RUNS / 2)]! };
}
