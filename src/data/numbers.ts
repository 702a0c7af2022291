/** Words that stand for a value that is not there. */
const ABSENT = new Set(["", "na", "n/a", "nan", "null", "none", "?", "-", "."]);
const POINT = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i;
const COMMA = /^[+-]?(?:\d+,?\d*|,\d+)(?:e[+-]?\d+)?$/i;

/** How decimals are written in a column. */
export type Decimal = "point" | "comma";

/** Whether a cell says that there is no value. */
export function isAbsent(text: string): boolean {
  return ABSENT.has(text.toLowerCase());
}

/** The finite number that a cell means, or null: no thousands separators, no units, no hexadecimal digits. */
export function numberOf(text: string, decimal: Decimal): number | null {
  if (!(decimal === "comma" ? COMMA : POINT).test(text)) return null;
  const value = Number(text.replace(",", "."));
  return Number.isFinite(value) ? value : null;
}

/** Commas where the file leaves them free and some cell has one and none a point, else points. */
export function decimalOf(cells: readonly { readonly text: string }[], commas: boolean): Decimal {
  if (!commas || cells.some(({ text }) => text.includes(".") && numberOf(text, "point") !== null)) return "point";
  return cells.some(({ text }) => text.includes(",") && numberOf(text, "comma") !== null) ? "comma" : "point";
}
