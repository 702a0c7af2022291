import { existsSync } from "node:fs";
import { isAbsolute, join } from "node:path";
import { packageRoot } from "../runner/package-root.js";
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
