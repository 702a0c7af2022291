import type { SymbolType } from "@observablehq/plot";
import type { SeriesStyle } from "../types.js";

/** Dark enough for thin lines on white. Two that share a dash (i and i + 6) differ by 15 or more in lightness L*. */
const COLOURS = [
  ...["#1f4e8c", "#c8501e", "#15694b", "#6a2f80", "#b5860d", "#111111"],
  ...["#3f97d8", "#741818", "#5aa63c", "#cf6bb0", "#54421a", "#858585"],
];

const DASHES = ["none", "7 3", "2 2.5", "10 3 2 3", "5 2", "10 3 2 3 2 3"];

const SYMBOLS: readonly (readonly [SymbolType, hollow: boolean])[] = [
  ...(["circle", "square", "triangle", "diamond2", "star", "cross"] as const).map((name) => [name, false] as const),
  ...(["circle", "square", "triangle", "diamond2"] as const).map((name) => [name, true] as const),
  ["times", true],
  ["asterisk", true],
  ["wye", false],
];

/**
 * The style of the series at `index`: the first 12 have 12 colours and 12 symbols, and any two of them still differ
 * in symbol and in dash or lightness when printed in grey. Triples repeat only after 156 series.
 *
 * @throws RangeError where the index is not a whole number >= 0
 */
export function seriesStyle(index: number): SeriesStyle {
  if (!Number.isInteger(index) || index < 0) throw new RangeError(`a series has an index 0, 1, 2, ..., not ${index}`);
  const [symbol, hollow] = SYMBOLS[index % SYMBOLS.length]!;
  return { colour: COLOURS[index % COLOURS.length]!, dash: DASHES[index % DASHES.length]!, symbol, hollow };
}
