import { execFile } from "node:child_process";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { expect, jest, test } from "@jest/globals";
import { flatten, layoutOf } from "../src/training/flat-weights.js";
import { context, features, openCpu, trained, trialOf } from "./engine-trials.js";

const built = pathToFileURL(join(dirname(fileURLToPath(import.meta.url)), "..", "dist", "src")).href;

/** Processes start slowly where the machine is shared. */
jest.setTimeout(60_000);

/** What a process of its own prints as its last line, as JSON. Its program has `trialOf`, `backend`, `train`, `flat`. */
async function inProcess(program: string, { before = "", flags = [] as string[] } = {}): Promise<unknown> {
  const text = `
    ${before}
    const load = (file) => import("${built}/" + file);
    const { cpuBackend } = await load("engine/cpu/backend.js");
    const { train } = await load("engine/cpu/train.js");
    const { linearRegressionLaw } = await load("laws/gaussian-linear.js");
    const { default: linear } = await load("mixers/linear-attention.js");
    const { flatten, layoutOf } = await load("training/flat-weights.js");
    const { keyOf } = await load("math/keys.js");
    const [features, context] = [${features}, ${context}];
    const law = linearRegressionLaw({ features, noise: 0.3 });
    const mixer = linear.make(linear.options.parse({ init: { scale: 0.3 } }), { features, context });
    const flat = ({ weights }) => Array.from(flatten(layoutOf(weights), weights));
    const trialOf = (change, scheduled) => ({
      mixer, law, context, key: keyOf(1), record: [], ...change,
      schedule: { steps: 12, batch: 300, rate: 0.02, clip: null, warmup: 0, decay: "constant", lossFactor: 1,
        optimizer: { kind: "adam", betas: [0.9, 0.999], epsilon: 1e-8 }, ...scheduled },
    });
    const backend = await cpuBackend(2).open();
    ${program}`;
  const run = promisify(execFile)(process.execPath, [...flags, "--input-type=module", "-e", text], { timeout: 50_000 });
  return JSON.parse((await run).stdout.trim().split("\n").at(-1)!);
}

/** The weights that this process trains. */
async function rightWeights(): Promise<number[]> {
  const engine = await openCpu(2);
  const last = (await trained(engine, [trialOf()])).at(-1)!;
  await engine.close();
  return Array.from(flatten(layoutOf(last.weights), last.weights));
}

test("a process ends by itself after training, and after breaking off, though the engine was not closed", async () => {
  const printed = await inProcess(`
    for await (const snapshot of train([trialOf({ record: [1] }, { steps: 1e9 })], { backend })) break;
    for await (const snapshot of train([trialOf()], { backend })) console.log(JSON.stringify(flat(snapshot)));`);
  expect(printed).toEqual(await rightWeights());
});

test("where memory cannot be shared, messages do: the same bits, stops are heard, the engine goes on", async () => {
  const program = `
    const seconds = (ms) => new Promise((resume) => setTimeout(resume, ms));
    const endless = trialOf({ record: [0, 1] }, { steps: 1e9, batch: 2048 });
    for await (const { step } of train([endless, endless, endless], { backend })) if (step === 1) break;
    const steps = [];
    const done = ({ step }) => step >= 3;
    const eager = trialOf({ record: [1, 2, 3, 4, 5], done }, { steps: 1e9 });
    for await (const { step } of train([eager], { backend })) steps.push(step);
    const controller = new AbortController();
    const running = (async () => { for await (const _ of train([endless], { backend, signal: controller.signal })); })();
    await seconds(200);
    const asked = performance.now();
    controller.abort(new Error("enough"));
    const heard = await running.catch(({ message }) => message);
    const took = performance.now() - asked;
    let weights;
    for await (const snapshot of train([trialOf()], { backend })) weights = flat(snapshot);
    console.log(JSON.stringify({ shared: typeof SharedArrayBuffer, steps, heard, took, weights }));`;
  // Node's own threads need it while they are loaded.
  const before = 'await import("node:worker_threads"); delete globalThis.SharedArrayBuffer;';
  const printed = await inProcess(program, { before });
  const right = { shared: "undefined", steps: [1, 2, 3], heard: "enough", weights: await rightWeights() };
  expect(printed).toEqual({ ...right, took: expect.any(Number) });
  expect((printed as { took: number }).took).toBeLessThan(500);
});

test("memory is flat over 500 trials", async () => {
  const program = `
    const megabytes = () => (gc(), process.memoryUsage().rss / 2 ** 20);
    const round = async () => {
      const trials = Array.from({ length: 100 }, (_, i) => trialOf({ key: keyOf(i), record: [0, 1] }, { steps: 3 }));
      for await (const _ of train(trials, { backend }));
    };
    for (let i = 0; i < 2; i++) await round();
    const before = megabytes();
    for (let i = 0; i < 5; i++) await round();
    console.log(JSON.stringify(megabytes() - before));`;
  // A trial's shared memory is 2 x 3 x 22 numbers, its messages some kilobytes: a leak of 32 KB a trial would be seen.
  expect(await inProcess(program, { flags: ["--expose-gc"] })).toBeLessThan(16);
});

test("256 models of 20 features are trained within 300 MB, the process and its libraries included", async () => {
  const program = `
    const wide = linearRegressionLaw({ features: 20, noise: 0.3 });
    const site = { features: 20, context: 40 };
    const large = linear.make(linear.options.parse({ init: { scale: 0.1 } }), site);
    const trials = Array.from({ length: 256 }, (_, i) =>
      trialOf({ law: wide, mixer: large, context: 40, key: keyOf(i), record: [0, 1] }, { steps: 2, batch: 512 }));
    let snapshots = 0;
    for await (const _ of train(trials, { backend })) snapshots++;
    // Not resourceUsage().maxRSS: a process starts with the peak of the one that it was forked from.
    const status = (await import("node:fs")).readFileSync("/proc/self/status", "utf8");
    console.log(JSON.stringify({ snapshots, megabytes: Number(/VmHWM:\\s*(\\d+) kB/.exec(status)[1]) / 2 ** 10 }));`;
  const { snapshots, megabytes } = (await inProcess(program)) as { snapshots: number; megabytes: number };
  expect(snapshots).toBe(3 * 256);
  expect(megabytes).toBeLessThan(300);
  expect(megabytes).toBeGreaterThan(20);
});
