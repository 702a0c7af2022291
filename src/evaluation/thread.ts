import type { Worker as NodeWorker } from "node:worker_threads";
import type { Recipe } from "../types.js";
import type { End, Job, Result, Task } from "./job.js";

/** Node's threads; null in a page. Not imported, which a page could not, nor awaited: see the CPU engine's threads. */
const node = typeof process === "undefined" ? null : process.getBuiltinModule("node:worker_threads");
const system = typeof process === "undefined" ? null : process.getBuiltinModule("node:os");

/** Threads worth starting here; null in a page, which measures on its own thread, chunk by chunk. */
export const processors = system === null ? null : system.availableParallelism();

/** Under a test runner this runs from TypeScript, on which Node cannot start a thread: the built files are taken. */
const folder = new URL("../../", import.meta.url).href;
const fromSource = import.meta.url.endsWith(".ts");

function built(url: string): string {
  if (!(fromSource && url.startsWith(folder) && url.endsWith(".ts"))) return url;
  return `${folder}dist/${url.slice(folder.length).replace(/\.ts$/, ".js")}`;
}

/** A recipe that a thread can follow. */
export const builtRecipe = ({ module, constants }: Recipe): Recipe => ({ module: built(module), constants });

/** A thread that measures. */
export interface Thread {
  send(message: Job | Task | End): void;
  close(): Promise<void>;
  /** Whether it alone keeps Node's process alive. */
  hold(alive: boolean): void;
}

/**
 * Starts a thread; it does not keep the process alive until it is held, and is not given the process's own flags.
 *
 * @param failed hears what ended it, `close` too
 */
export function startThread(hear: (result: Result) => void, failed: (why: string) => void): Thread {
  const program = fromSource
    ? built(new URL("./worker.ts", import.meta.url).href)
    : new URL("./worker.js", import.meta.url);
  const worker: NodeWorker = new node!.Worker(new URL(program), { execArgv: [] });
  worker.unref();
  worker.on("message", hear);
  worker.on("error", (error) => failed(error.message));
  worker.on("exit", (code) => failed(`it left with status ${code}`));
  return {
    send: (message) => worker.postMessage(message),
    close: async () => void (await worker.terminate()),
    hold: (alive) => (alive ? worker.ref() : worker.unref()),
  };
}
