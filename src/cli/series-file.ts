import { existsSync, readFileSync } from "node:fs";
import { dirname, isAbsolute, join } from "node:path";
import { SeriesError } from "../data/series-error.js";
import { packageRoot } from "../runner/package-root.js";
import { UsageError } from "./failure.js";
import { readBytes } from "./read-file.js";

/**
 * The bytes of a series' file, looked for in `folder` where its path is not absolute. A bare name such as `sunspots` that
 * is no file there is one of the series that iclab ships (src/data/*.csv).
 *
 * @throws UsageError where it cannot be read
 */
export function seriesBytes(file: string, folder = "."): Uint8Array {
  const own = file === "-" || isAbsolute(file) ? file : join(folder, file);
  const shipped = join(packageRoot, "src", "data", `${file}.csv`);
  const isShipped = /^[a-z]+$/.test(file) && !existsSync(own) && existsSync(shipped);
  return readBytes(isShipped ? shipped : own, "series");
}

/** What `kept` is stored as. */
export const KEPT = "files.json";

/** The files that a study names, each read once. */
export class StudyFiles {
  private readonly files = new Map<string, Uint8Array>();

  /** @param study the study's own file, beside which the others are; - for standard input is the working folder */
  constructor(private readonly study: string) {}

  /** @throws SeriesError where a file cannot be read, so that the study says where it names it */
  readonly read = (file: string): Uint8Array => {
    const bytes = this.files.get(file) ?? this.fresh(file);
    this.files.set(file, bytes);
    return bytes;
  };

  /** All that was read, as a text to be kept beside the rows: a report may be written long after files have changed. */
  kept(): string | null {
    if (this.files.size === 0) return null;
    const entries = [...this.files].map(([file, bytes]) => [file, Buffer.from(bytes).toString("base64")]);
    return JSON.stringify(Object.fromEntries(entries));
  }

  private fresh(file: string): Uint8Array {
    const folder = this.study === "-" ? "." : dirname(this.study);
    try {
      return seriesBytes(file, folder);
    } catch (error) {
      // A study that was kept beside its rows has its files there too.
      if (existsSync(join(folder, KEPT))) return keptFiles(readFileSync(join(folder, KEPT), "utf8"))(file);
      throw error instanceof UsageError ? new SeriesError(error.message) : error;
    }
  }
}

/** Reads files from what was kept of them. */
export function keptFiles(text: string | undefined): (file: string) => Uint8Array {
  const files = JSON.parse(text ?? "{}") as Readonly<Record<string, string>>;
  return (file) => {
    if (files[file] !== undefined) return new Uint8Array(Buffer.from(files[file], "base64"));
    throw new SeriesError(`${file}: no copy of this series was kept; run the study again`);
  };
}
