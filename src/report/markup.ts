/** Text that is markup already: what `markup` made, or an SVG drawn here. */
export class Markup {
  constructor(readonly text: string) {}
}

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** What may stand in a template: text and numbers are escaped, markup is not, lists are joined, false is nothing. */
export type Piece = string | number | Markup | false | readonly Piece[];

/** A tagged template of HTML or SVG in which everything is escaped but markup: forgetting to escape is not possible. */
export function markup(parts: TemplateStringsArray, ...pieces: readonly Piece[]): Markup {
  return new Markup(parts.map((part, i) => part + (i < pieces.length ? written(pieces[i]!) : "")).join(""));
}

function written(piece: Piece): string {
  if (piece === false) return "";
  if (piece instanceof Markup) return piece.text;
  if (typeof piece === "object") return piece.map(written).join("");
  return String(piece).replace(/[&<>"']/g, (letter) => ENTITIES[letter]!);
}
