import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { OwnError } from "./own-error.js";

/** The rooms as Node can import them: those beside this one, or the built ones where this runs from TypeScript. */
const source = fileURLToPath(new URL("../", import.meta.url));
const rooms = import.meta.url.endsWith(".ts") ? join(source, "..", "dist", "src") : source;

/**
 * Imports a TypeScript file of a person's own. `iclab/...` in it is this iclab and `zod` its zod, wherever the file lies
 * and whatever is installed there; all else is looked for as Node does.
 *
 * @param file its absolute path
 * @throws OwnError with what went wrong in it, in one sentence
 */
export async function importOwn(file: string): Promise<Readonly<Record<string, unknown>>> {
  // Its compiler takes a while to load: who brings nothing does not wait for it.
  const { createJiti } = await import("jiti");
  const zod = join(dirname(createRequire(import.meta.url).resolve("zod/package.json")), "index.js");
  const jiti = createJiti(import.meta.url, {
    fsCache: false,
    interopDefault: false,
    alias: { "iclab/experiments": join(rooms, "..", "experiments"), iclab: rooms, zod },
  });
  try {
    return await jiti.import<Record<string, unknown>>(file);
  } catch (error) {
    throw new OwnError(`${file} cannot be loaded: ${sentenceOf(error)}`);
  }
}

/** The first line of what was thrown, without the compiler's mark of a syntax error's place in front of it. */
function sentenceOf(error: unknown): string {
  const { message, code } = error instanceof Error ? (error as NodeJS.ErrnoException) : { message: String(error) };
  const [first] = String(message).trim().split("\n");
  if (code === "MODULE_NOT_FOUND" || code === "ERR_MODULE_NOT_FOUND")
    return `${first}; iclab's own modules are imported as "iclab/<room>/<file>"`;
  return first ?? "it throws";
}
