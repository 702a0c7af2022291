import { dirname } from "node:path";
import { page } from "./markdown.mjs";
import { shownAs } from "./source-files.mjs";

/** The list of sources by folder; a folder's anchor is its path with dashes for slashes. */
export function sourcePage(files) {
  const folders = grouped(files, dirname);
  const above = new Set([".", ...[...folders.keys()].flatMap(ancestors)]);
  return page(
    { nav: "Source", outline: "2" },
    "# Source",
    "The files that these pages speak of, as they were when the site was built.",
    ...[...above]
      .sort()
      .map((folder) =>
        [
          `## ${folder === "." ? "The top" : folder} {#${folder === "." ? "top" : folder.replaceAll("/", "-").toLowerCase()}}`,
          (folders.get(folder) ?? [])
            .map((file) => `[${file.slice(file.lastIndexOf("/") + 1)}](${shownAs(file)})`)
            .join(" · "),
        ].join("\n\n"),
      ),
  );
}

const ancestors = (folder) => (folder === "." ? [] : [...ancestors(dirname(folder)), folder]);

function grouped(values, keyOf) {
  const groups = new Map();
  for (const value of values) groups.set(keyOf(value), [...(groups.get(keyOf(value)) ?? []), value]);
  return groups;
}
