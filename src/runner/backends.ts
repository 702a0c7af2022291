import type { Backend, BackendName, OpenBackend } from "../types.js";

/** The backends of this version, in the order in which `auto` tries them. */
const names: readonly BackendName[] = ["webgpu", "cpu", "tfjs-wasm", "tfjs-webgpu", "tfjs-cpu"];

/** The machine has not got what was asked for; the command line ends with status 3. */
export class BackendError extends Error {}

/**
 * Opens the named backend, or for `auto` the first that opens and is no emulated GPU.
 *
 * @param threads of the CPU engine at most; as many as the machine has where left out
 * @throws BackendError with the reason: a backend that was named is never replaced by another.
 */
export async function openBackend(wanted: BackendName | "auto", threads?: number): Promise<OpenBackend> {
  if (wanted !== "auto") {
    const opened = await (await load(wanted, threads)).open();
    if (typeof opened === "string") throw new BackendError(`backend ${wanted}: ${opened}`);
    return opened;
  }
  const reasons: string[] = [];
  for (const name of names) {
    const opened = await (await load(name, threads)).open();
    if (typeof opened === "string") reasons.push(`${name}: ${opened}`);
    else if (opened.software) await opened.close();
    else return opened;
  }
  throw new BackendError(`no backend opens on this machine (${reasons.join("; ")})`);
}

/** Every backend of this version, to be looked at one by one. */
export async function loadBackends(): Promise<readonly Backend[]> {
  const loaded: Backend[] = [];
  for (const name of names) loaded.push(await load(name));
  return loaded;
}

async function load(name: BackendName, threads?: number): Promise<Backend> {
  if (!names.includes(name))
    throw new BackendError(`backend ${name} is not in this version; it has ${names.join(", ")}`);
  if (name === "cpu" && threads !== undefined) return (await import("../engine/cpu/backend.js")).cpuBackend(threads);
  const room = name.startsWith("tfjs-") ? `../backends/${name}.js` : `../engine/${name}/backend.js`;
  return ((await import(room)) as { default: Backend }).default;
}
