import type { Worker as NodeWorker } from "node:worker_threads";
import type { Job, Report, Stop } from "./job.js";

/** A worker thread, the same in Node and in a page. */
export interface Thread {
  send(message: Job | Stop): void;
  /** Called with every report, and with the error that ended the thread (`close` ends it too). */
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

/**
 * Node's threads; a page has its own. Neither imported, which a page could not, nor awaited, which would keep
 * `require` (and with it the kernel of the notebooks) from loading the engine.
 */
const node = typeof process === "undefined" ? null : process.getBuiltinModule("node:worker_threads");

/**
 * Starts a thread. It does not keep Node's process alive until it is held, and is not given the process's own flags,
 * some of which (`--input-type`) a thread refuses.
 */
export function startThread(): Thread {
  return node === null ? pageThread() : nodeThread(new node.Worker(program, { execArgv: [] }));
}

function nodeThread(worker: NodeWorker): Thread {
  worker.unref();
  return {
    send: (message) => worker.postMessage(message),
    listen(report, failed) {
      worker.on("message", report);
      worker.on("error", failed);
      worker.on("exit", (code) => failed(new Error(`a worker thread ended with status ${code}`)));
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
