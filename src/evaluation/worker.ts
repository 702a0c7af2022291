/** The program of one thread that measures: it makes what jobs describe and answers their tasks, one after another. */
import { fileURLToPath } from "node:url";
import { parentPort } from "node:worker_threads";
import { importOwn } from "../own/import-own.js";
import type { Key, Prompts, Recipe, Slice } from "../types.js";
import type { End, Job, Result, Task } from "./job.js";
import { type Integrated, type Predict, squaredErrors } from "./squared-errors.js";

interface Measuring {
  readonly prompts: (slice: Slice) => Prompts;
  readonly predicts: readonly (Predict | null)[];
  readonly integrated: (slice: Slice) => Integrated | null;
}

async function restored<Made>({ module, constants }: Recipe): Promise<Made> {
  // Node imports no TypeScript: a module of that kind is a person's own, as ours are built.
  const imported = module.endsWith(".ts") ? importOwn(fileURLToPath(module)) : import(module);
  const { restore } = (await imported) as { restore(constants: unknown): Made };
  return restore(constants);
}

async function begin({ key, draw, predicts, integration }: Job): Promise<Measuring> {
  const drawn = await restored<(key: Key, slice: Slice) => Prompts>(draw);
  const made = await Promise.all(predicts.map((recipe) => (recipe === null ? null : restored<Predict>(recipe))));
  const tasks = integration && (await restored<(key: Key, slice: Slice) => Integrated["tasks"]>(integration.tasks));
  const integrated = (slice: Slice) => integration && tasks && { ...integration, tasks: tasks(key, slice) };
  return { prompts: (slice) => drawn(key, slice), predicts: made, integrated };
}

const jobs = new Map<number, Promise<Measuring>>();

async function answer({ job, chunk, slice }: Task): Promise<void> {
  const port = parentPort!;
  try {
    const { prompts, predicts, integrated } = await jobs.get(job)!;
    const errors = squaredErrors(prompts(slice), predicts, integrated(slice));
    port.postMessage({ job, chunk, errors } satisfies Result, [errors.buffer as ArrayBuffer]);
  } catch (failed) {
    port.postMessage({ job, chunk, failed } satisfies Result);
  }
}

parentPort!.on("message", (message: Job | Task | End) => {
  if ("end" in message) jobs.delete(message.end);
  else if ("slice" in message) void answer(message);
  else {
    const begun = begin(message);
    // Every task of the job hears of a failure; until one comes it is nobody's.
    begun.catch(() => {});
    jobs.set(message.job, begun);
  }
});
