import type { Job, Report, Stop } from "./job.js";

/** A worker thread, the same in Node and in a page. */
export interface Thread {
  send(message: Job | Stop): void;
  /** Called with every report, and with the error that ended the thread. */
  listen(report: (report: Report) => void, failed: (error: Error) => void): void;
  /** Whether the thread alone keeps Node's process alive. */
  hold(alive: boolean): void;
  close(): Promise<void>;
}

/**
 * The worker's program. Node runs it as it was built; where the engine itself runs from TypeScript (under a test
 * runner) the built one beside it is taken, because Node cannot start a thread on TypeScript.
 */
const program = import.meta.url.endsWith(".ts")
  ? new URL("../../../dist/src/engine/cpu/worker.js", import.meta.url)
  : new URL("./worker.js", import.meta.url);

export async function startThread(): Promise<Thread> {
  return typeof process === "undefined" ? pageThread() : nodeThread();
}

async function nodeThread(): Promise<Thread> {
  const { Worker } = await import("node:worker_threads");
  const worker = new Worker(program);
  worker.unref();
  return {
    send: (message) => worker.postMessage(message),
    listen(report, failed) {
      worker.on("message", report);
      worker.on("error", failed);
    },
    hold: (alive) => (alive ? worker.ref() : worker.unref()),
    close: async () => void (await worker.terminate()),
  };
}

function pageThread(): Thread {
  const worker = new Worker(new URL("./worker.js", import.meta.url), { type: "module" });
  return {
    send: (message) => worker.postMessage(message),
    listen(report, failed) {
      worker.onmessage = ({ data }) => report(data as Report);
      worker.onerror = ({ message }) => failed(new Error(message));
    },
    hold: () => {},
    close: async () => worker.terminate(),
  };
}
