import { createHash } from "node:crypto";
import { existsSync, readFileSync, statSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { OwnError } from "./own-error.js";

/** What a relative import may leave out, and what stands for `.js` in TypeScript. */
const ENDINGS = ["", ".ts", ".mts", ".js", ".mjs", ".json", "/index.ts", "/index.js"];

/**
 * A file and every file that it imports by a relative path, itself or through others, by absolute path. Imports are found
 * in the text: one whose path is computed is not seen, nor is a file that code opens.
 *
 * @throws OwnError where the file cannot be read
 */
export function sourcesOf(file: string): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  const visit = (path: string): void => {
    if (found.has(path)) return;
    const text = readFileSync(path, "utf8");
    found.set(path, text);
    for (const [, target] of text.matchAll(/(?:from|import|require)\s*\(?\s*["'](\.[^"']+)["']/g)) {
      const next = resolved(join(dirname(path), target!));
      if (next !== undefined) visit(next);
    }
  };
  try {
    visit(file);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const reason = { ENOENT: "there is no such file", EISDIR: "it is a folder", EACCES: "no permission" }[code ?? ""];
    throw new OwnError(`${file}: cannot read it: ${reason ?? message}`);
  }
  return found;
}

/** SHA-256, shortened, of a file's sources by their paths from it: the same wherever the folder lies. */
export function digestOf(sources: ReadonlyMap<string, string>, file: string): string {
  const hash = createHash("sha256");
  const named = [...sources].map(([path, text]) => [relative(dirname(file), path), text] as const);
  for (const [path, text] of named.sort(([a], [b]) => (a < b ? -1 : 1)))
    hash.update(`${path}\n${Buffer.byteLength(text)}\n${text}`);
  return hash.digest("hex").slice(0, 16);
}

function resolved(target: string): string | undefined {
  const candidates = [...ENDINGS.map((ending) => target + ending), target.replace(/\.([mc]?)js$/, ".$1ts")];
  return candidates.find((path) => existsSync(path) && statSync(path).isFile());
}
