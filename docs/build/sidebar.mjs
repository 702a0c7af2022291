import { existsSync, readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const docs = fileURLToPath(new URL("..", import.meta.url));

/** Shorter names than the headings of pages that are read in the repository too. */
const SHORT = {
  running: "Long grids",
  identify: "Which algorithm is it?",
  "own-units": "Units of your own",
  statistics: "Statistics",
  "several-series": "Several series",
};

/** The pages in groups; a generated folder adds its own by being there. */
export function sidebar() {
  return [
    { text: "Start", items: pages(["tour", "running", "lab", "identify", "own-units"]) },
    {
      text: "Concepts",
      items: pages(["law", "mixer", "predictor", "theory", "claim", "study"].map((name) => `concepts/${name}`)),
    },
    { text: "Series", items: pages(["real-series", "several-series"]) },
    { text: "Papers", items: pages(["papers/index", "papers/gallery", ...folder("papers")]) },
    {
      text: "Trust",
      items: pages(["numbers", "numerics", "statistics", "theory", "peers"]),
    },
    { text: "Speed", collapsed: true, items: pages(["bench/index", ...folder("bench")]) },
    { text: "Build on it", items: pages(["architecture", "kernels", "adding-a-mixer", "adding-a-paper"]) },
    { text: "Reference", items: [...pages(folder("reference")), { text: "API", link: "/api/" }] },
  ];
}

/** Pages of a folder but its index and gallery, sorted. */
const folder = (name) =>
  existsSync(docs + name)
    ? readdirSync(docs + name)
        .filter((file) => file.endsWith(".md") && file !== "index.md" && file !== "gallery.md")
        .sort()
        .map((file) => `${name}/${file.slice(0, -3)}`)
    : [];

const pages = (names) => names.map((name) => ({ text: titleOf(name), link: `/${name.replace(/index$/, "")}` }));

/** A page's short name: as above, else `nav` in its front matter, else its heading. */
function titleOf(name) {
  if (name in SHORT) return SHORT[name];
  const text = readFileSync(`${docs}${name}.md`, "utf8");
  const title = /^nav: (.*)$/m.exec(text.split("\n---")[0] ?? "")?.[1] ?? /^# (.*)$/m.exec(text)?.[1];
  if (title === undefined) throw new Error(`docs/${name}.md has no heading to be named by`);
  return title.replaceAll("`", "");
}
