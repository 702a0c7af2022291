import { type ChildProcess, fork, spawn, spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { BackendError } from "../runner/backends.js";
import { gpuFence } from "../slurm/gpu-fence.js";

/** What `--devices` says: every GPU of this machine, or some by their numbers. */
export type DeviceChoice = "all" | readonly number[];

/** What NVIDIA's device files begin with; GPUs of others are not told apart. */
const FILES = "/dev/nvidia";

const REMEDY =
  "this machine lets nobody hide a device file (user namespaces are off); run one command a GPU on the same folder, " +
  "each in a container that sees its own";

/**
 * The numbers of the GPUs that are meant, as NVIDIA counts them. A machine without NVIDIA's device files has one adapter for
 * all that anybody can tell: every number is it.
 *
 * @throws BackendError where there is no such GPU
 */
export function devicesOf(choice: DeviceChoice, files = FILES): readonly number[] {
  const there: number[] = [];
  while (existsSync(`${files}${there.length}`)) there.push(there.length);
  if (choice === "all") {
    if (there.length > 0) return there;
    throw new BackendError(`--devices all: no GPU of this machine has a file ${files}<n>; say which: --devices 0,1`);
  }
  const missing = there.length > 0 ? choice.filter((device) => !there.includes(device)) : [];
  if (missing.length > 0)
    throw new BackendError(`--devices ${missing.join(",")}: this machine has the GPUs ${there.join(", ")}`);
  return choice;
}

/**
 * Starts processes of a program, each of which opens one GPU alone. One that ends leaves its GPU to the next.
 *
 * @throws BackendError where the other GPUs cannot be hidden from a process: Vulkan would take the first of all for each
 */
export function deviceStarter(devices: readonly number[], main: string, files = FILES): () => ChildProcess {
  const fence = gpuFence(files, REMEDY);
  const environment = (device: number) => ({
    ...process.env,
    SLURM_JOB_GPUS: "",
    CUDA_VISIBLE_DEVICES: String(device),
  });
  for (const device of devices) {
    const { status, stdout } = spawnSync("sh", ["-c", fence, "sh", "true"], {
      encoding: "utf8",
      env: environment(device),
    });
    if (status !== 0) throw new BackendError(`GPU ${device}: ${stdout.trim().replace(/^this task/, "a process")}`);
  }
  const free = [...devices];
  return () => {
    const device = free.shift()!;
    const words = ["-c", fence, "sh", process.execPath, main, "worker"];
    const child = spawn("sh", words, { stdio: ["ignore", "pipe", "pipe", "ipc"], env: environment(device) });
    child.once("exit", () => free.push(device));
    return child;
  };
}

/** Starts processes of a program that open whatever they find. */
export const plainStarter = (main: string) => (): ChildProcess =>
  fork(main, ["worker"], { stdio: ["ignore", "pipe", "pipe", "ipc"] });
