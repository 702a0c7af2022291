import * as Plot from "@observablehq/plot";
import type { Picture, Row, Swatch } from "../types.js";
import { counted } from "./counted.js";
import { diverging, onDiverging } from "./diverging.js";
import { emptyPicture } from "./empty.js";
import { type Entry, entriesOf } from "./entries.js";
import { tickText } from "./ticks.js";

/** What a heat map shows of which columns. */
export interface HeatMap {
  /** The matrix's row index, counted downwards. */
  readonly i: { readonly column: string; readonly label: string };
  /** Its column index, counted to the right. */
  readonly j: { readonly column: string; readonly label: string };
  /** The entry. `label` names it and its unit, beside the colour bar. */
  readonly value: { readonly column: string; readonly label: string };
  /** A column that tells matrices apart (trained, theory): side by side, in one scale of colours. */
  readonly panel?: string;
}

/** Pixels: all panels together, a cell at most, and a cell that still holds its number. */
const [WIDTH, CELL, READABLE] = [600, 46, 33];

/** How many steps the colour bar shows. */
const STEPS = 41;

/**
 * Matrices as coloured cells: blue below 0, grey at 0, yellow above, lighter the larger, on a scale symmetric about 0
 * that all panels share. Cells hold their numbers where they are large enough. Rows of one entry are averaged; entries
 * without a number stay white with a sign in them and are counted in the caption.
 */
export function heatMap(rows: readonly Row[], { i, j, value, panel }: HeatMap): Picture {
  if (rows.length === 0) return emptyPicture("there are no rows");
  const entries = entriesOf(rows, { i: i.column, j: j.column, value: value.column, panel: panel ?? null });
  const numbers = entries.flatMap((entry) => (typeof entry.value === "number" ? [Math.abs(entry.value)] : []));
  const placed = entries.reduce((sum, entry) => sum + entry.rows, 0);
  const [down, across] = [indices(entries.map((entry) => entry.i)), indices(entries.map((entry) => entry.j))];
  const panels = [...new Set(entries.map((entry) => entry.panel))];
  const blank = entries.length === 0 ? 0 : panels.length * down.length * across.length - entries.length;
  const caption = [averaged(entries), ...notes(entries, rows.length - placed, blank)].filter((text) => text !== "");
  if (numbers.length === 0) return emptyPicture("no entry has a number", caption.join(" "));

  const largest = Math.max(...numbers) || 1;
  const cell = Math.min(CELL, WIDTH / panels.length / (across.length + 0.5));
  const cells = entries.map((entry) => {
    const share = typeof entry.value === "number" ? entry.value / largest : null;
    const paint =
      share === null ? { fill: "#ffffff", ink: "#000000" } : { fill: diverging(share), ink: onDiverging(share) };
    return { ...entry, ...paint, text: entryText(entry.value, largest) };
  });
  const at = { x: "j", y: "i", fx: "panel" };
  const written = cells.filter((one) => cell >= READABLE || typeof one.value !== "number");
  const margins = { marginLeft: 56, marginRight: 20, marginTop: panel === undefined ? 14 : 40, marginBottom: 44 };
  return {
    ...margins,
    width: Math.max(420, margins.marginLeft + margins.marginRight + cell * panels.length * (across.length + 0.5)),
    height: margins.marginTop + margins.marginBottom + cell * down.length,
    caption: caption.join(" "),
    legend: [colourBar(value.label, largest)],
    x: { ...BAND, domain: across, label: j.label, ticks: ticked(across, 24 / cell) },
    y: { ...BAND, domain: down, label: i.label, ticks: ticked(down, 16 / cell) },
    fx: { domain: panels, ...(panel === undefined ? { axis: null } : { label: null }) },
    marks: [
      Plot.cell(cells, { ...at, fill: "fill", stroke: "#ffffff", strokeWidth: 0.5 }),
      Plot.text(written, { ...at, text: "text", fill: "ink", fontSize: 11 }),
      Plot.frame({ strokeOpacity: 0.4 }),
    ],
  };
}

const BAND = { type: "band", padding: 0, round: false, tickFormat: tickText } as const;

/** Every index, or every so many that neighbours stand at least `apart` cells from each other. */
function ticked(all: readonly number[], apart: number): number[] {
  const every = [1, 2, 5, 10, 20, 50].find((step) => step >= apart) ?? Math.ceil(apart);
  return all.filter((_, k) => k % every === 0);
}

function indices(values: readonly number[]): number[] {
  return [...new Set(values)].sort((a, b) => a - b);
}

/** Three digits of the largest entry, and all others to the same place; `∞` and `–` where there is no number. */
function entryText(value: Entry["value"], largest: number): string {
  if (typeof value !== "number") return value === "infinite" ? "∞" : "–";
  const decimals = 2 - Math.floor(Math.log10(largest));
  if (decimals < -1 || decimals > 4) return value.toExponential(0).replace("e+", "e");
  const text = value.toFixed(Math.max(0, decimals));
  return Number(text) === 0 ? text.replace("-", "") : text;
}

function averaged(entries: readonly Entry[]): string {
  const counts = indices(entries.map(({ rows }) => rows));
  const most = counts.at(-1) ?? 0;
  if (most <= 1) return "";
  return counts[0] === most
    ? `Entries are means over ${most} rows.`
    : `Entries with several rows (up to ${most}) are their means.`;
}

function notes(entries: readonly Entry[], unplaced: number, blank: number): string[] {
  const count = (kind: Entry["value"]) => entries.filter(({ value }) => value === kind).length;
  return [
    ...counted(count("infinite"), "cell", (is) => `${is} infinite: white with ∞.`),
    ...counted(count("missing"), "cell", (is) => `${is} without a number: white with –.`),
    ...counted(blank, "cell", (is) => `${is} left blank: no row.`),
    ...counted(unplaced, "row", (is) => `${is} not drawn: no index.`),
  ];
}

function colourBar(label: string, largest: number): Swatch {
  const colours = Array.from({ length: STEPS }, (_, step) => diverging((2 * step) / (STEPS - 1) - 1));
  const end = tickText(Number(largest.toPrecision(2)));
  return { label, colours, ends: [`-${end}`, end] };
}
