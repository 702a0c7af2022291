import { afterEach, describe, expect, test } from "@jest/globals";
import type { OpenCpu } from "../src/engine/cpu/backend.js";
import type { Job, Stop } from "../src/engine/cpu/job.js";
import { Pool } from "../src/engine/cpu/pool.js";
import { startThread, type Thread } from "../src/engine/cpu/thread.js";
import { train } from "../src/engine/cpu/train.js";
import type { Snapshot, Trial } from "../src/types.js";
import { openCpu, trained, trialOf } from "./engine-trials.js";

const engines: OpenCpu[] = [];
afterEach(async () => {
  for (const engine of engines.splice(0)) await engine.close();
});

async function open(threads: number): Promise<OpenCpu> {
  const engine = await openCpu(threads);
  engines.push(engine);
  return engine;
}

/** An engine whose threads are started by `start`. */
async function openOn(threads: number, start: () => Thread): Promise<OpenCpu> {
  const engine = { ...(await openCpu(threads)), pool: new Pool(threads, start) };
  engines.push({ ...engine, close: () => engine.pool.close() });
  return engine;
}

/** Hours of work. */
const endless = (change: Partial<Trial> = {}) =>
  trialOf({ record: [0, 1], ...change }, { steps: 2 ** 31, batch: 1024 });
const short = trialOf({ record: [1] });

/** The pool still trains, and as it should. */
async function expectUsable(engine: OpenCpu): Promise<void> {
  const right = await trained(await open(1), [short]);
  const snapshots = await trained(engine, [short, short]);
  for (const index of [0, 1]) {
    const own = snapshots.filter(({ trial }) => trial === index);
    expect(own.map((snapshot) => ({ ...snapshot, trial: 0 }))).toEqual(right);
  }
}

describe("snapshots", () => {
  test("come while training goes on, and breaking off stops the threads", async () => {
    const engine = await open(2);
    for await (const { step } of train([endless()], { backend: engine })) if (step === 1) break;
    await expectUsable(engine);
  });

  test("come of all trials under way, and breaking off or throwing stops them all", async () => {
    const engine = await open(3);
    const trials = Array.from({ length: 5 }, () => endless());
    const seen = new Set<number>();
    for await (const { trial } of train(trials, { backend: engine })) if (seen.add(trial).size === 3) break;
    expect([...seen].sort()).toEqual([0, 1, 2]);
    const thrown = async () => {
      for await (const { step } of train(trials, { backend: engine })) if (step === 1) throw new Error("seen enough");
    };
    await expect(thrown()).rejects.toThrow("seen enough");
    await expectUsable(engine);
  });

  test("end with the one at which `done` says so, whatever the threads did meanwhile; other trials go on", async () => {
    const engine = await open(2);
    const record = Array.from({ length: 400 }, (_, step) => step);
    const asked: number[] = [];
    const done = ({ step }: Snapshot) => asked.push(step) > 0 && step >= 7;
    const snapshots = await trained(engine, [endless({ record, done }), trialOf({}, { steps: 50 })]);
    const of = (index: number) => snapshots.filter(({ trial }) => trial === index).map(({ step }) => step);
    expect(of(0)).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    expect(asked).toEqual(of(0));
    expect(of(1)).toEqual([50]);
    await expectUsable(engine);
  });
});

describe("an abort", () => {
  /** Far above what a quiet machine takes (a few milliseconds; 50 are promised), as tests share theirs with others. */
  const BOUND = 500;

  async function millisecondsToEnd(running: Promise<unknown>, controller: AbortController): Promise<number> {
    const asked = performance.now();
    controller.abort(new Error("enough"));
    await expect(running).rejects.toThrow("enough");
    return performance.now() - asked;
  }

  test.each([
    { threads: 1, trials: 1 },
    { threads: 2, trials: 1 },
    { threads: 2, trials: 2 },
    { threads: 2, trials: 5 },
  ])("ends $trials trials on $threads threads at once, and the engine trains again", async ({ threads, trials }) => {
    const engine = await open(threads);
    const controller = new AbortController();
    const running = trained(engine, new Array(trials).fill(endless()), controller.signal);
    await new Promise((resume) => setTimeout(resume, 200));
    expect(await millisecondsToEnd(running, controller)).toBeLessThan(BOUND);
    await expectUsable(engine);
  });

  test("is heard while threads start, and while the reader is busy", async () => {
    const engine = await open(2);
    const starting = new AbortController();
    expect(await millisecondsToEnd(trained(engine, [endless()], starting.signal), starting)).toBeLessThan(BOUND);
    const busy = new AbortController();
    const stream = train([endless()], { backend: engine, signal: busy.signal })[Symbol.asyncIterator]();
    expect((await stream.next()).value).toMatchObject({ step: 0 });
    expect((await stream.next()).value).toMatchObject({ step: 1 });
    busy.abort(new Error("enough"));
    await expect(stream.next()).rejects.toThrow("enough");
    await expectUsable(engine);
  });

  test("before the start trains nothing", async () => {
    let started = 0;
    const engine = await openOn(1, () => {
      started++;
      return startThread();
    });
    await expect(trained(engine, [short], AbortSignal.abort(new Error("enough")))).rejects.toThrow("enough");
    expect(started).toBe(0);
  });
});

describe("a failure", () => {
  test("of a thread that dies ends training with an error, and the engine starts other threads", async () => {
    const threads: Thread[] = [];
    const engine = await openOn(2, () => {
      threads.push(startThread());
      return threads.at(-1)!;
    });
    const dying = async () => {
      for await (const { step } of train([endless(), endless()], { backend: engine }))
        if (step === 1) await threads[1]!.close();
    };
    await expect(dying()).rejects.toThrow(/^trial \d: a worker thread ended with status 1$/);
    await expectUsable(engine);
    expect(threads).toHaveLength(4);
  });

  test("of one member of a crew ends the crew, whether the others wait for it already or come later", async () => {
    let toBreak = 0;
    const breaking = (job: Job | Stop): Job | Stop => {
      if ("stop" in job || job.member !== 1 || toBreak === 0) return job;
      toBreak--;
      return { ...job, structure: "broken", kernel: { ...job.kernel, bytes: job.kernel.bytes.slice(0, 50) } };
    };
    const engine = await openOn(3, () => {
      const thread = startThread();
      return { ...thread, send: (message) => thread.send(breaking(message)) };
    });
    // Threads that are still starting, and then threads that are there and fail before the others have summed a chunk.
    for (const _ of ["cold", "warm"]) {
      toBreak = 1;
      await expect(trained(engine, [endless()])).rejects.toThrow(/^trial 0: WebAssembly.Module\(\)/);
      expect(toBreak).toBe(0);
      await expectUsable(engine);
    }
  });

  test("is what a trial under way meets when the engine is closed", async () => {
    const engine = await open(2);
    const running = trained(engine, [endless(), endless()]);
    await new Promise((resume) => setTimeout(resume, 100));
    await engine.close();
    await expect(running).rejects.toThrow("the engine was closed");
    await expectUsable(engine);
  });

  test("of a schedule that cannot be is a RangeError before anything starts", async () => {
    const engine = await open(1);
    await expect(trained(engine, [short, trialOf({}, { batch: 0 })])).rejects.toThrow(RangeError);
  });
});
