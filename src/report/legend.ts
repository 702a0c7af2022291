import * as Plot from "@observablehq/plot";
import type { Swatch } from "../types.js";
import { type Drawing, plotSvg } from "./plot-svg.js";
import { textWidth } from "./text-width.js";

const [LEFT, LINE, GAP, FONT_SIZE] = [10, 20, 22, 12];

/** Pixels that a line, a symbol alone and a bar of colours take; a line is long enough to show its dashes. */
const [LINE_SWATCH, SYMBOL_SWATCH, RAMP] = [48, 20, 150];

/** A legend entry with its place in pixels: its left end and the middle of its line. */
interface Placed {
  readonly swatch: Swatch;
  readonly x: number;
  readonly y: number;
}

/** Draws a legend with the marks of the figure itself, so that a dash or a symbol is the same in both. Null if empty;
 *  wider than `width` only where one entry is. */
export function legendSvg(legend: readonly Swatch[], width: number): Drawing | null {
  if (legend.length === 0) return null;
  const entries = placed(legend, width);
  const lines = new Set(entries.map(({ y }) => y)).size;
  const right = Math.max(...entries.map(({ swatch, x }) => x + lengthOf(swatch)));
  return plotSvg({
    width: Math.max(width, Math.ceil(right)),
    height: lines * LINE + 4,
    margin: 0,
    axis: null,
    x: { type: "identity" },
    y: { type: "identity" },
    marks: entries.map(entryMarks),
  });
}

/** Entries side by side, on as many lines as they need. */
function placed(legend: readonly Swatch[], width: number): Placed[] {
  let [x, y] = [LEFT, LINE / 2];
  return legend.map((swatch) => {
    const length = lengthOf(swatch);
    if (x > LEFT && x + length > width) [x, y] = [LEFT, y + LINE];
    const entry = { swatch, x, y };
    x += length + GAP;
    return entry;
  });
}

function lengthOf(swatch: Swatch): number {
  const label = textWidth(swatch.label, FONT_SIZE);
  if ("colours" in swatch) return RAMP + 24 + textWidth(swatch.ends.join(""), FONT_SIZE) + label;
  return (swatch.line ? LINE_SWATCH : SYMBOL_SWATCH) + label;
}

function entryMarks({ swatch, x, y }: Placed): Plot.Markish[] {
  const text = (label: string, at: number) => Plot.text([label], { x: [at], y: [y], textAnchor: "start" });
  if ("colours" in swatch) {
    const lowEnd = x + textWidth(swatch.ends[0], FONT_SIZE) + 8;
    const step = RAMP / swatch.colours.length;
    // Each cell reaches a little below the next one, so that no seam shows between them.
    const cells = swatch.colours.map((fill, i) => ({ fill, x1: lowEnd + i * step, x2: lowEnd + (i + 1) * step + 0.7 }));
    const highEnd = lowEnd + RAMP + 8;
    return [
      text(swatch.ends[0], x),
      Plot.rect(cells, { x1: "x1", x2: "x2", y1: () => y - 6, y2: () => y + 6, fill: (cell) => cell.fill }),
      text(swatch.ends[1], highEnd),
      text(swatch.label, highEnd + textWidth(swatch.ends[1], FONT_SIZE) + 8),
    ];
  }
  const { colour, dash, symbol, hollow } = swatch.style;
  const end = x + (swatch.line ? LINE_SWATCH : SYMBOL_SWATCH) - 6;
  const middle = { x: [(x + end) / 2], y: [y] };
  const line = { x: [x, end], y: [y, y], stroke: colour, strokeDasharray: dash, strokeWidth: 1.6 };
  const dot = { ...middle, symbol, stroke: colour, fill: hollow ? "white" : colour, strokeWidth: 1.4, r: 4 };
  return [
    ...(swatch.line ? [Plot.line({ length: 2 }, line)] : []),
    ...(swatch.symbol ? [Plot.dot([0], dot)] : []),
    text(swatch.label, end + 6),
  ];
}
