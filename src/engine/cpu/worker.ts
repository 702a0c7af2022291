/** The program of one worker thread: trains one job after another, in Node and in a page. */
import { type Instance, instantiate } from "../../kernels/instance.js";
import { Barrier } from "./barrier.js";
import type { Job, Report, Stop } from "./job.js";
import { trainJob } from "./train-job.js";

/** Compiled kernels by structure, most recent last: a sweep reuses one, and a long session does not pile them up. */
const kernels = new Map<string, Instance>();
const KEPT = 8;

function kernelOf({ structure, kernel }: Job): Instance {
  const known = kernels.get(structure) ?? instantiate(kernel);
  kernels.delete(structure);
  kernels.set(structure, known);
  if (kernels.size > KEPT) kernels.delete(kernels.keys().next().value!);
  return known;
}

/** Where the trials that this thread has been sent meet their crews and hear of their end. */
const barriers = new Map<number, Barrier>();

async function work(job: Job, barrier: Barrier, report: (report: Report) => void): Promise<void> {
  try {
    await trainJob(job, kernelOf(job), barrier, report);
  } catch (error) {
    barrier.abandon();
    report({ kind: "failed", trial: job.trial, message: error instanceof Error ? error.message : String(error) });
  } finally {
    barriers.delete(job.trial);
  }
}

interface Port {
  postMessage(report: Report): void;
}

/** Jobs of one thread follow each other: a thread that breathes within a job must not begin the next. */
let last: Promise<void> = Promise.resolve();
function receive(port: Port, message: Job | Stop): void {
  if ("stop" in message) {
    barriers.get(message.stop)?.stop();
    return;
  }
  const barrier = new Barrier(message.memory.control, message.members);
  barriers.set(message.trial, barrier);
  last = last.then(() => work(message, barrier, (report) => port.postMessage(report)));
}

if (typeof process === "undefined") {
  const page = globalThis as unknown as Port & { onmessage: (event: { data: Job | Stop }) => void };
  page.onmessage = ({ data }) => receive(page, data);
} else {
  import("node:worker_threads").then(({ parentPort }) => {
    parentPort!.on("message", (message: Job | Stop) => receive(parentPort!, message));
  });
}
