import { closeSync, fsyncSync, mkdirSync, openSync, renameSync, rmSync, statSync, writeSync } from "node:fs";
import { hostname } from "node:os";
import { dirname } from "node:path";

/** A folder cannot be written: no room left, no permission, not a folder. The command line ends with status 3. */
export class DiskError extends Error {}

const REASONS: Readonly<Record<string, string>> = {
  ENOSPC: "the disk is full",
  EDQUOT: "the disk quota is used up",
  EACCES: "no permission",
  EPERM: "no permission",
  EROFS: "it is read-only",
  ENOTDIR: "a file is in the way",
  EEXIST: "a file is in the way",
  ENOENT: "no folder can be made there",
};

/** Does what writes into a folder. @param what is written: "rows" @throws DiskError in one sentence where it cannot be */
export function writing<T>(what: string, folder: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    throw new DiskError(`cannot write ${what} to ${folder}: ${REASONS[code] ?? message}`);
  }
}

/**
 * Makes a folder and those above it. Node's own `recursive` never comes back where the folder above is there but takes
 * none (in /proc: "no such file or directory").
 */
export function makeFolder(folder: string): void {
  if (isFolder(folder)) return;
  if (dirname(folder) !== folder) makeFolder(dirname(folder));
  try {
    mkdirSync(folder);
  } catch (error) {
    // Another process may have made it in between.
    if (!isFolder(folder)) throw error;
  }
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

/** Writes under another name, flushes, renames: the file is the old content or the new one, never a part. */
export function replaceFile(target: string, content: string | Uint8Array): void {
  // Process numbers of several hosts that write into one folder may be the same.
  const draft = `${target}.${hostname()}-${process.pid}.draft`;
  try {
    writeWhole(draft, typeof content === "string" ? Buffer.from(content, "utf8") : content);
    renameSync(draft, target);
  } catch (error) {
    rmSync(draft, { force: true });
    throw error;
  }
}

function writeWhole(file: string, bytes: Uint8Array): void {
  const handle = openSync(file, "w");
  try {
    for (let written = 0; written < bytes.length; ) written += writeSync(handle, bytes, written);
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}
