import { readdirSync, readFileSync, readlinkSync, statSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import { discardFile, makeFolder, replaceFile, writing } from "./disk.js";

/** A process that computes cells of a folder. */
export interface Runner {
  readonly id: string;
  readonly host: string;
  readonly pid: number;
  /** Tells hosts of one name, and containers of one host, apart: where it is equal, process numbers can be asked after. */
  readonly machine: string;
  /** When the process began, in the kernel's ticks: a number that was given again is another process. */
  readonly ticks: string;
}

/** Seconds between two signs of life, and after how many without one a runner of another machine is taken for dead. */
const BEAT = 5;
const SILENCE = 120;

/** This process. */
export function thisRunner(): Runner {
  const machine = [
    attempt(() => readlinkSync("/proc/self/ns/pid")),
    attempt(() => read("/proc/sys/kernel/random/boot_id")),
  ];
  const ticks = ticksOf(process.pid);
  return {
    id: `${hostname()}-${process.pid}-${ticks || Date.now()}`.replace(/[^\w.-]/g, "_"),
    host: hostname(),
    pid: process.pid,
    machine: `${hostname()} ${machine.join(" ").trim()}`,
    ticks,
  };
}

/**
 * Signs of life of the runners of one folder: a file each, named after the runner, whose time of change a thread of its
 * own renews every 5 s, also while the main thread computes. On the same machine the process itself is asked after, so
 * that one that was killed is dead at once; elsewhere 2 min of silence count as death.
 */
export class Presence {
  private thread: Worker | undefined;

  constructor(
    readonly folder: string,
    readonly me = thisRunner(),
  ) {}

  /** The file that shows this process. */
  get sign(): string {
    return this.file(this.me.id);
  }

  /** Shows this process. @throws DiskError */
  open(): void {
    writing("rows", this.folder, () => makeFolder(this.folder));
    for (const { id, ...runner } of this.all()) if (!this.isAlive({ id, ...runner })) discardFile(this.file(id));
    const file = this.sign;
    writing("rows", this.folder, () => replaceFile(file, JSON.stringify(this.me)));
    const beat = `const { utimesSync } = require("node:fs");
      setInterval(() => { try { utimesSync(${JSON.stringify(file)}, new Date(), new Date()); } catch {} }, ${1000 * BEAT});`;
    this.thread = new Worker(beat, { eval: true, stdout: true, stderr: true });
    this.thread.unref();
  }

  /** Takes the sign away. */
  async close(): Promise<void> {
    await this.thread?.terminate();
    discardFile(this.file(this.me.id));
  }

  /** The other runners of the folder that are alive. */
  others(): Runner[] {
    return this.all().filter((runner) => runner.id !== this.me.id && this.isAlive(runner));
  }

  isAlive(runner: Runner): boolean {
    if (runner.machine === this.me.machine) return isRunning(runner.pid) && ticksOf(runner.pid) === runner.ticks;
    const shown = attempt(() => statSync(this.file(runner.id)).mtimeMs);
    if (shown === "") return false;
    // Both times are the file server's, whatever the clocks of the two hosts say; without an own file, the clock's.
    const now = attempt(() => statSync(this.file(this.me.id)).mtimeMs) || Date.now();
    return now - shown < 1000 * SILENCE;
  }

  private all(): Runner[] {
    const files = attempt(() => readdirSync(this.folder).filter((file) => file.endsWith(".runner"))) || [];
    return files.flatMap((file) => attempt(() => JSON.parse(read(join(this.folder, file))) as Runner) || []);
  }

  private file(id: string): string {
    return join(this.folder, `${id}.runner`);
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // Somebody else's process is a process.
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

/**
 * The 22nd field of /proc/PID/stat, counted behind the name, which may hold spaces. "" where there is no such file, and of
 * a process that has ended and that nobody has asked after yet (Z), which may stay in a container for ever.
 */
function ticksOf(pid: number): string {
  const fields = attempt(() => read(`/proc/${pid}/stat`).replace(/^.*\) /s, "")).split(" ");
  return fields[0] === "Z" ? "" : (fields[19] ?? "");
}

function read(file: string): string {
  return readFileSync(file, "utf8").trim();
}

/** A value, or "" where the file system has none. */
function attempt<T>(work: () => T): T | "" {
  try {
    return work();
  } catch {
    return "";
  }
}
