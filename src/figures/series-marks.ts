import * as Plot from "@observablehq/plot";
import type { SeriesStyle, Swatch } from "../types.js";
import type { Clipped } from "./clipped.js";

/** One name with its look and its points, in the order of x. */
export interface Series {
  readonly name: string;
  readonly style: SeriesStyle;
  readonly points: readonly Clipped[];
}

/** Pixels between the symbols of neighbouring series at one place. */
const STEP = 4;

/** Pixels from the first series' symbol at one place to the last one's, at most. */
export const SPREAD = 16;

/** Marks of all series: lines first, symbols above them, triangles at the edges on top. */
export function seriesMarks(series: readonly Series[]): Plot.Markish[] {
  const measured = series.filter(({ points }) => points.some(({ drawn }) => drawn !== "exact"));
  const step = Math.min(STEP, SPREAD / Math.max(1, measured.length - 1));
  const shift = (one: Series) => step * (measured.indexOf(one) - (measured.length - 1) / 2);
  return [
    ...series.flatMap(lineMarks),
    ...measured.flatMap((one) => symbolMarks(one, shift(one))),
    ...series.flatMap(({ points, style }) => edgeMarks(points, style)),
  ];
}

/** How a legend shows a series: with what is drawn of it. */
export function seriesSwatch({ name, style, points }: Series): Swatch {
  const [line, symbol] = [true, false].map((exact) => points.some(({ drawn }) => (drawn === "exact") === exact));
  return { label: name, style, line: line!, symbol: symbol! };
}

/** A line that stops at a point beyond the axis, with a small dot at each number: a line of one number is one too. */
function lineMarks({ points, style }: Series): Plot.Markish[] {
  const exact = points.filter(({ drawn }) => drawn === "exact");
  const broken = exact.map((point) => (point.edge === null ? point : { ...point, y: Number.NaN }));
  const at = { x: "x", y: "y", fx: "panel" };
  return [
    Plot.line(broken, { ...at, z: "panel", stroke: style.colour, strokeDasharray: style.dash, strokeWidth: 1.6 }),
    Plot.dot(inside(exact), { ...at, r: 1.7, fill: style.colour }),
  ];
}

function symbolMarks({ points, style }: Series, dx: number): Plot.Markish[] {
  const measured = inside(points).filter(({ drawn }) => drawn !== "exact");
  const bars = measured.filter(({ low, high }) => low < high);
  const at = { x: "x", fx: "panel", dx, stroke: style.colour };
  const look = { symbol: style.symbol, fill: style.hollow ? "white" : style.colour, strokeWidth: 1.4 };
  const [means, alone] = [true, false].map((mean) => measured.filter(({ drawn }) => (drawn === "mean") === mean));
  return [
    Plot.ruleX(bars, { ...at, y1: "low", y2: "high", strokeWidth: 1.4 }),
    Plot.dot(means!, { ...at, ...look, y: "y", r: 4 }),
    Plot.dot(alone!, { ...at, ...look, y: "y", r: 2.5 }),
  ];
}

/** Triangles that point out of the frame, in the colour of the series. */
export function edgeMarks(points: readonly Clipped[], style: SeriesStyle): Plot.Markish[] {
  const at = {
    x: "x",
    y: "y",
    fx: "panel",
    symbol: "triangle2",
    r: 4,
    stroke: style.colour,
    strokeWidth: 1.6,
  } as const;
  return [
    Plot.dot(
      points.filter(({ edge }) => edge === "top"),
      at,
    ),
    Plot.dot(
      points.filter(({ edge }) => edge === "bottom"),
      { ...at, rotate: 180 },
    ),
  ];
}

function inside(points: readonly Clipped[]): Clipped[] {
  return points.filter(({ edge }) => edge === null);
}
