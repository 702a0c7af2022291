import { readFileSync } from "node:fs";
import { WeightsError } from "../weights/weights-error.js";
import { UsageError } from "./failure.js";

/** The bytes of a file, or of standard input for -. @throws UsageError saying of what it is the file, and why not */
export function readBytes(file: string, what: string): Uint8Array {
  try {
    return new Uint8Array(readFileSync(file === "-" ? 0 : file));
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const reason = { ENOENT: "there is no such file", EISDIR: "it is a folder", EACCES: "no permission" }[code ?? ""];
    throw new UsageError(`${file}: cannot read the ${what}: ${reason ?? message}`);
  }
}

/** Work on a file's content, whose fault then says in which file it is. */
export function naming<T>(file: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw error instanceof WeightsError ? new WeightsError(`${file}: ${error.message}`) : error;
  }
}
