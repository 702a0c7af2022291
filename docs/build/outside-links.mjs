import { existsSync, statSync } from "node:fs";
import { dirname, join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { isShown, shownAs } from "./source-files.mjs";

/** The folder of the repository. */
export const root = fileURLToPath(new URL("../..", import.meta.url));
const docs = join(root, "docs");

/**
 * A plugin of markdown-it for links that lead out of `docs`: a paper's README to the paper's page, a file to the copy
 * that the site holds of it, a folder to its place in the list of sources. So the pages read well in the repository and
 * on any server, and ask nothing of another host.
 *
 * @throws Error where there is no such file: a dead link to source fails the build as one to a page does
 */
export function outsideLinks(md) {
  md.core.ruler.push("outside-links", (state) => {
    const page = state.env.path ?? join(docs, state.env.relativePath ?? "index.md");
    for (const { children } of state.tokens)
      for (const token of children ?? []) {
        const href = token.type === "link_open" ? token.attrGet("href") : null;
        if (href !== null && !/^([a-z]+:|\/|#)/i.test(href)) token.attrSet("href", targetOf(href, page));
      }
  });
}

function targetOf(href, page) {
  const [path, anchor] = href.split("#");
  const target = join(dirname(page), decodeURI(path));
  if (target.startsWith(docs + sep)) return href;
  const inside = relative(root, target).split(sep).join("/");
  const where = `${relative(root, page)} links to ${href}`;
  if (!existsSync(target)) throw new Error(`${where}, which does not exist`);
  const paper = /^experiments\/([^/]+)(\/README\.md)?$/.exec(inside);
  if (paper) return `/papers/${paper[1]}${anchor ? `#${anchor}` : ""}`;
  if (statSync(target).isDirectory()) return `/reference/source#${inside.replaceAll("/", "-").toLowerCase()}`;
  if (!isShown(inside)) throw new Error(`${where}, which the site does not hold a copy of`);
  return shownAs(inside);
}
