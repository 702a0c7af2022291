/** Text as it stands, in Markdown that Vue reads afterwards: no tag, no formula, no interpolation, no list. */
export const plain = (text) =>
  String(text)
    .replace(/[\\`*_[\]|$~#]/g, "\\$&")
    .replaceAll("<", "&lt;")
    .replaceAll("{{", "{<!-- -->{")
    .replaceAll("\n", " ");

/** A table of Markdown; cells are Markdown themselves. */
export const table = (head, rows) =>
  [head, head.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |`).join("\n");

/** Front matter and text of a page that is written by `docs/build`. `nav` is its name in the sidebar. */
export const page = ({ nav, outline }, ...parts) =>
  `---\nnav: ${JSON.stringify(nav).slice(1, -1)}\neditLink: false\n${outline ? `outline: ${outline}\n` : ""}---\n\n${parts.join("\n\n")}\n`;
