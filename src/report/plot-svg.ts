import * as Plot from "@observablehq/plot";
import { parseHTML } from "linkedom";

/** A drawing without a page around it. */
export interface Drawing {
  readonly width: number;
  readonly height: number;
  /** One `<svg>` element with explicit colours and fonts, coordinates to 3 places, and no style or script. */
  readonly markup: string;
}

export const FONT = "DejaVu Sans, Verdana, sans-serif";

const INK = "#1a1a1a";

/** Attributes that hold coordinates, and nothing else that a digit could be lost from. */
const GEOMETRY = ["d", "transform", "x", "y", "x1", "x2", "y1", "y2", "dx", "dy", "cx", "cy", "r", "width", "height"];

/**
 * Draws Plot options without a browser. Title, caption and legends are left out: `standaloneSvg` sets them.
 *
 * @param id prefix of every id inside, so that drawings can share a page
 * @throws Error where Plot warns, or where a coordinate is not a finite number: such a figure hides something
 */
export function plotSvg(options: Plot.PlotOptions, id = "figure"): Drawing {
  const { document } = parseHTML("<!doctype html><html><body></body></html>");
  const { title, subtitle, caption, ...bare } = options;
  const quiet = Object.fromEntries(
    (["color", "symbol", "opacity"] as const).flatMap((scale) =>
      bare[scale] ? [[scale, { ...bare[scale], legend: false }]] : [],
    ),
  );
  const svg = Plot.plot({ ...bare, ...quiet, figure: false, document: document as unknown as Document });
  for (const element of [svg, ...Array.from(svg.querySelectorAll("*"))]) tidy(element, id);
  const markup = svg.outerHTML.replaceAll("system-ui, sans-serif", FONT);
  if (markup.includes("⚠")) throw new Error(`the figure ${name(options)} was drawn with a warning of Plot`);
  return { width: Number(svg.getAttribute("width")), height: Number(svg.getAttribute("height")), markup };
}

function tidy(element: Element, id: string): void {
  if (element.localName === "style") element.remove();
  if (element.localName === "svg") {
    element.removeAttribute("class");
    element.setAttribute("font-size", "12");
  }
  for (const { name, value } of Array.from(element.attributes)) {
    if (GEOMETRY.includes(name)) element.setAttribute(name, rounded(value));
    else if (value === "currentColor") element.setAttribute(name, INK);
    else if (value.startsWith("var(--plot-background)")) element.setAttribute(name, "white");
    else if (name === "id") element.setAttribute(name, `${id}-${value}`);
    else if (value.startsWith("url(#")) element.setAttribute(name, value.replace("url(#", `url(#${id}-`));
  }
}

/** Coordinates to 3 places; @throws Error where one is not a number. */
function rounded(value: string): string {
  if (/NaN|Infinity|undefined|null/.test(value))
    throw new Error(`a figure has a coordinate that is no number: ${value}`);
  return value.replace(/-?\d*\.\d{4,}(e-?\d+)?|-?\d+e-\d+/g, (number) => String(Number(Number(number).toFixed(3)) + 0));
}

function name({ title }: Plot.PlotOptions): string {
  return typeof title === "string" ? `"${title}"` : "without a title";
}
