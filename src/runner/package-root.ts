import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** This module's own folder: `src/runner` in a clone under test, `dist/src/runner` when built. */
const here = dirname(fileURLToPath(import.meta.url));

/** The folder beside which rooms lie: `src` or `dist/src`. */
export const rooms = dirname(here);

/** Where the experiments' code lies: `experiments` in a clone under test, `dist/experiments` when built. */
export const experimentsCode = join(dirname(rooms), "experiments");

/** The package's root, which holds package.json and the experiments' committed rows and figures. */
export const packageRoot = findRoot(here);

/** The package's own version. */
export const version = (JSON.parse(readFileSync(join(packageRoot, "package.json"), "utf8")) as { version: string })
  .version;

function findRoot(folder: string): string {
  if (existsSync(join(folder, "package.json"))) return folder;
  const parent = dirname(folder);
  if (parent === folder) throw new Error("iclab's package.json was not found above its own code");
  return findRoot(parent);
}
