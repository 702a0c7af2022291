import type { Recipe } from "../types.js";

/** Makes the function of a recipe on this thread, as another one would. */
export async function restoreHere<Made>({ module, constants }: Recipe): Promise<Made> {
  const { restore } = (await import(module)) as { restore(constants: unknown): Made };
  return restore(constants);
}
