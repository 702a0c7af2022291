import { readdirSync } from "node:fs";
import { join } from "node:path";

const FOLDERS = ["src", "experiments", "tests", "notebooks"];
const KINDS = /\.(ts|mjs|py|json|csv|css|html|sh|md)$/;
const AT_TOP = ["README.md", "CHANGELOG.md", "CITATION.cff", "LICENSE", "package.json"];

/** Whether the site holds a copy of this file of the repository. */
export const isShown = (path) =>
  AT_TOP.includes(path) ||
  (FOLDERS.includes(path.split("/")[0]) && KINDS.test(path) && !/node_modules|package-lock|\/rows\//.test(path));

/** Where: with `.txt` behind its name, since servers take `.ts` for a film. */
export const shownAs = (path) => `/source/${path}.txt`;

/** Every such file, sorted, as paths from the repository's folder. */
export function sourceFiles(root) {
  const inFolder = (folder) =>
    readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
      const path = `${folder}/${entry.name}`;
      if (entry.isDirectory()) return entry.name === "node_modules" || entry.name === "rows" ? [] : inFolder(path);
      return isShown(path) ? [path] : [];
    });
  return [...AT_TOP, ...FOLDERS.flatMap(inFolder).sort()];
}
