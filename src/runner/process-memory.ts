import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";

/** Bytes that a process has in memory, its threads' included; null where it has gone, or nobody can tell. */
export function processMemory(pid: number): number | null {
  try {
    const [, kilobytes] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8")) ?? [];
    return kilobytes === undefined ? null : 1024 * Number(kilobytes);
  } catch {
    return process.platform === "linux" ? null : askPs(pid);
  }
}

function askPs(pid: number): number | null {
  try {
    return 1024 * Number(execFileSync("ps", ["-o", "rss=", "-p", String(pid)], { stdio: "pipe" })) || null;
  } catch {
    return null;
  }
}
