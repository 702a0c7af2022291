import { closeSync, fsyncSync, mkdirSync, openSync, renameSync, rmSync, statSync, writeSync } from "node:fs";
import { open, rename, rm } from "node:fs/promises";
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
    throw diskError(what, folder, error);
  }
}

/** As `writing`, of what takes its time. */
export async function writingLater<T>(what: string, folder: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw diskError(what, folder, error);
  }
}

function diskError(what: string, folder: string, error: unknown): unknown {
  const { code, message } = error as NodeJS.ErrnoException;
  return code === undefined ? error : new DiskError(`cannot write ${what} to ${folder}: ${REASONS[code] ?? message}`);
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

/** Removes a file that nobody will miss, and that nobody minds: on a disk that has become read-only it stays. */
export function discardFile(file: string): void {
  try {
    rmSync(file, { force: true });
  } catch {}
}

/** Writes under another name, flushes, renames: the file is the old content or the new one, never a part. */
export function replaceFile(target: string, content: string | Uint8Array): void {
  const draft = draftOf(target);
  try {
    writeWhole(draft, typeof content === "string" ? Buffer.from(content, "utf8") : content);
    renameSync(draft, target);
  } catch (error) {
    discardFile(draft);
    throw error;
  }
}

/**
 * As `replaceFile`, by Node's threads: this one goes on meanwhile, and several files are flushed at a time. A file system
 * that writes its journal holds up whoever opens or renames, so that not the flush alone takes milliseconds.
 */
export async function replaceFileLater(target: string, content: string): Promise<void> {
  const draft = draftOf(target);
  try {
    const handle = await open(draft, "w");
    try {
      await handle.writeFile(content);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(draft, target);
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
}

/** Flushes a file that another library has written. */
export function flushFile(file: string): void {
  const handle = openSync(file, "r+");
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

/** Flushes the names of a folder's files: a file is found after a loss of power only if its name is on the disk too. */
export function flushFolder(folder: string): void {
  // Windows opens no folder, and flushes names by itself.
  if (process.platform === "win32") return;
  const handle = openSync(folder, "r");
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

/** Process numbers of several hosts that write into one folder may be the same. */
const draftOf = (target: string): string => `${target}.${hostname()}-${process.pid}.draft`;

function writeWhole(file: string, bytes: Uint8Array): void {
  const handle = openSync(file, "w");
  try {
    for (let written = 0; written < bytes.length; ) written += writeSync(handle, bytes, written);
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}
