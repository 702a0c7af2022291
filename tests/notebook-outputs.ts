/** A Jupyter notebook, format 4.5: https://nbformat.readthedocs.io/en/latest/format_description.html */
export interface Notebook {
  readonly cells: readonly Cell[];
}

export interface Cell {
  readonly cell_type: "code" | "markdown";
  readonly metadata: object;
  readonly source: Text;
  readonly outputs?: readonly Output[];
}

interface Output {
  readonly output_type: "stream" | "display_data" | "execute_result" | "error";
  readonly text?: Text;
  readonly data?: { readonly [type: string]: Text };
}

/** One string, or its lines. */
type Text = string | readonly string[];

const joined = (text: Text) => (typeof text === "string" ? text : text.join(""));

export const sourceOf = ({ source }: Cell): string => joined(source);

export const lines = (cell: Cell): string[] => sourceOf(cell).split("\n");

/** A cell's text in small letters and with single blanks. */
export const words = (cell: Cell): string => sourceOf(cell).toLowerCase().split(/\s+/).join(" ");

/** The SVG texts that a cell has shown. */
export const figures = ({ outputs = [] }: Cell): string[] =>
  outputs.flatMap(({ data }) => (data?.["image/svg+xml"] ? [joined(data["image/svg+xml"])] : []));

/**
 * What sets the outputs of cells, computed again, apart from the stored ones: a sentence a difference, none where they
 * agree. On one machine they are the same bit for bit; another version of Node may round sines and exponentials
 * otherwise, which can turn a number's last printed digit, and so it may differ by one. Colours follow numbers.
 */
export function outputDifferences(stored: readonly Cell[], again: readonly Cell[]): string[] {
  if (stored.length !== again.length) return [`${again.length} cells instead of ${stored.length}`];
  return stored.flatMap((cell, i) => {
    const [before, now] = [shown(cell), shown(again[i]!)];
    if (before.length !== now.length) return [`cell ${i}: ${now.length} outputs instead of ${before.length}`];
    return before.flatMap((text, k) => textDifferences(text, now[k]!).map((text) => `cell ${i}: ${text}`));
  });
}

/** Every output of a cell as text, named by its type; neighbouring pieces of one stream are one. */
function shown({ outputs = [] }: Cell): string[] {
  const streams = outputs.flatMap(({ output_type, text }) => (output_type === "stream" && text ? [joined(text)] : []));
  const others = outputs.flatMap(({ data = {} }) =>
    Object.entries(data).map(([type, text]) => `${type}\n${joined(text)}`),
  );
  return [...(streams.length > 0 ? [streams.join("")] : []), ...others];
}

const NUMBER = /-?\d+(?:\.\d+)?(?:e[-+]?\d+)?/g;

function textDifferences(stored: string, again: string): string[] {
  const [before, now] = [stored, again].map((text) => text.replace(/#[0-9a-f]{6}\b/g, "#"));
  const [wordsBefore, wordsNow] = [before!, now!].map((text) => text.replace(NUMBER, "#").split("\n"));
  const changed = wordsBefore!.findIndex((line, i) => line !== wordsNow![i]);
  if (changed >= 0) return [`"${wordsNow![changed]}" instead of "${wordsBefore![changed]}"`];
  if (wordsNow!.length !== wordsBefore!.length) return ["lines were added"];
  const numbers = now!.match(NUMBER) ?? [];
  const least = stored.startsWith("image/svg+xml") ? PIXEL_PLACE : 0;
  return (before!.match(NUMBER) ?? []).flatMap((text, i) => {
    const gap = Math.abs(Number(numbers[i]) - Number(text));
    // A thousandth more, as decimals are not binary: 0.3 - 0.2 is not 0.1.
    return gap <= 1.001 * Math.max(least, lastPlace(text)) ? [] : [`${numbers[i]} instead of ${text}`];
  });
}

/** Figures round their coordinates to thousandths, and 12.000 is written `12`. */
const PIXEL_PLACE = 1e-3;

/** One unit of a number's last printed digit: 0.01 of `1.23`, 1e-7 of `1.2e-6`, and nothing of whole numbers. */
function lastPlace(text: string): number {
  const [digits, exponent = "0"] = text.split("e") as [string, string?];
  const decimals = digits.split(".")[1]?.length ?? 0;
  return decimals === 0 && exponent === "0" ? 0 : 10 ** (Number(exponent) - decimals);
}
