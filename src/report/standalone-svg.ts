import type { PlotOptions } from "@observablehq/plot";
import type { Picture } from "../types.js";
import { legendSvg } from "./legend.js";
import { Markup, markup } from "./markup.js";
import { type Drawing, FONT, plotSvg } from "./plot-svg.js";
import { textWidth } from "./text-width.js";
import { wrapText } from "./wrap-text.js";

/** Words around a drawing, from top to bottom: title, subtitle, legend, drawing, caption. */
export interface Frame {
  readonly title?: string;
  readonly subtitle?: string;
  readonly caption?: string;
  /** Prefix of ids, where drawings share a page. */
  readonly id?: string;
}

const MARGIN = 10;

/**
 * A picture, or any of Plot's options, as one SVG text that needs nothing else: no style, no script, no
 * reference outside; white paper, explicit colours. Words stand around it only where `frame` gives them.
 *
 * @throws Error as `plotSvg` does
 */
export function standaloneSvg(options: PlotOptions & Partial<Pick<Picture, "legend">>, frame: Frame = {}): string {
  const { legend = [], ...plot } = options;
  const drawing = plotSvg(plot, frame.id);
  const key = legendSvg(legend, drawing.width);
  const width = Math.max(drawing.width, key?.width ?? 0);
  const blocks = [
    textBlock(frame.title, width, 16, "bold"),
    textBlock(frame.subtitle, width, 13, "normal"),
    key,
    drawing,
    textBlock(frame.caption, width, 12, "normal"),
  ].filter((block) => block !== null);

  let top = MARGIN;
  const stacked = blocks.map((block) => {
    const placed = markup`<g transform="translate(0,${top})">${new Markup(block.markup)}</g>`;
    top += block.height + 4;
    return placed;
  });
  const height = Math.ceil(top + MARGIN);
  const label = frame.title ?? (typeof options.title === "string" ? options.title : "figure");
  return markup`<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}"\
 font-family="${FONT}" role="img"><title>${label}</title><rect width="${width}" height="${height}" fill="white"/>\
${stacked}</svg>`.text;
}

function textBlock(words: string | undefined, width: number, size: number, weight: string): Drawing | null {
  if (!words) return null;
  const bold = weight === "bold" ? 1.1 : 1;
  const lines = wrapText(words, width - 2 * MARGIN, (piece) => bold * textWidth(piece, size));
  const rows = lines.map(
    (line, i) => markup`<text x="${MARGIN}" y="${Math.round((i + 0.85) * size * 1.35)}">${line}</text>`,
  );
  const block = markup`<g font-size="${size}" font-weight="${weight}" fill="#1a1a1a">${rows}</g>`;
  return { width, height: Math.ceil(lines.length * size * 1.35) + 4, markup: block.text };
}
