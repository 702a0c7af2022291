import { readFileSync } from "node:fs";
import { UsageError } from "./failure.js";

/** A study's text, of a file or (-) of standard input. @throws UsageError where the file cannot be read. */
export function readStudy(file: string): string {
  try {
    return readFileSync(file === "-" ? 0 : file, "utf8");
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const reason = { ENOENT: "there is no such file", EISDIR: "it is a folder", EACCES: "no permission" }[code ?? ""];
    throw new UsageError(`${file}: cannot read the study: ${reason ?? message}`);
  }
}
