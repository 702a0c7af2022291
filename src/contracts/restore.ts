import { fileURLToPath } from "node:url";
import { importOwn } from "../own/import-own.js";
import type { Recipe } from "../types.js";

/** Makes the function of a recipe on this thread, as another one would: a shipped module, or a person's own. */
export async function restoreHere<Made>({ module, constants }: Recipe): Promise<Made> {
  const imported = isOwn(module) ? importOwn(fileURLToPath(module)) : import(module);
  const { restore } = (await imported) as { restore(constants: unknown): Made };
  return restore(constants);
}

/** Whether a module is TypeScript from outside of this package's own `src`. */
const isOwn = (module: string) => module.endsWith(".ts") && !module.startsWith(new URL("../", import.meta.url).href);
