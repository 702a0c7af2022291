import * as Plot from "@observablehq/plot";
import type { Picture, Row, SeriesStyle } from "../types.js";
import { axes } from "./axes.js";
import { edgeNotes } from "./clipped.js";
import { counted } from "./counted.js";
import { emptyPicture } from "./empty.js";
import { type Axis, FRAME, panelHeads, panelsOf } from "./frame.js";
import { horizontalAxis } from "./horizontal.js";
import { edgeMarks } from "./series-marks.js";
import { seriesStyle } from "./series-style.js";
import { type Drawn, drawnTrace, type Level, type Traces, tracesOf } from "./traces.js";
import { verticalAxis } from "./vertical.js";

/** What a training curve shows of which columns. */
export interface TrainingCurve {
  /** The column `step` on a logarithmic axis when nothing is said; step 0 has its own place at the left end. */
  readonly x?: Axis;
  /** Loss, risk, excess risk, or any other number measured at each snapshot. */
  readonly y: Axis;
  /** Which series and in which order: styles follow it. All, as they first appear, when nothing is said. */
  readonly names?: readonly string[];
  /** A column that splits the figure into panels side by side, all on the same axes. */
  readonly panel?: string;
}

const STEPS: Axis = { column: "step", label: "training step", scale: "log" };

/**
 * A number over training, one thin line a `name` and `seed`, never averaged: a seed that fails is seen. Rows with
 * `exact: true` are thick: a curve where they have a step, a level over the whole width where they have none. A line
 * whose seed goes on without a number ends in a cross; every row that is no part of a mark is counted in the caption.
 */
export function trainingCurve(rows: readonly Row[], { x = STEPS, y, names, panel }: TrainingCurve): Picture {
  const order = names ?? [...new Set(rows.map(({ name }) => String(name)))];
  const shown = rows.filter(({ name }) => order.includes(String(name)));
  if (shown.length === 0) return emptyPicture("there are no rows");

  const read = tracesOf(shown, { x: x.column, y: y.column, panel: panel ?? null });
  const all = read.traces.flatMap(({ points }) => points);
  const panels = panelsOf(shown, panel);
  const across = horizontalAxis(
    x,
    all.map((point) => point.x),
    panels.length,
  );
  const placed = all.filter((point) => across.place(point.x) !== null);
  const numbers = [...placed, ...read.levels].flatMap((point) => (typeof point.y === "number" ? [point.y] : []));
  const up = verticalAxis(
    y,
    numbers.map((number) => ({ y: number, low: number, high: number })),
  );
  const points = read.traces.flatMap((trace, index) => drawnTrace(trace, index, across, up));
  const undefinedRows = placed.length - points.length;
  const caption = captionOf(read, points, undefinedRows, all.length - placed.length + read.withoutPlace);
  if (points.length === 0 && read.levels.length === 0)
    return emptyPicture("no row has numbers on both axes", caption.join(" "));

  const series = order.map((name, i) => {
    const mine = points.filter(({ trace }) => read.traces[trace]!.name === name);
    return { name, style: seriesStyle(i), points: mine, levels: read.levels.filter((level) => level.name === name) };
  });
  const visible = series.filter((one) => one.points.length + one.levels.length > 0);
  return {
    ...FRAME,
    ...panelHeads(panel, panels),
    caption: [...caption, ...across.notes, ...edgeNotes(points, up)].join(" "),
    legend: visible.map(({ name, style }) => ({ label: name, style, line: true, symbol: false })),
    x: across.options,
    y: up.options,
    marks: [
      ...axes(across, up),
      ...visible.flatMap(({ levels, style }) => levelMarks(levels, style)),
      ...visible.flatMap((one) => traceMarks(one.points, one.style)),
    ],
  };
}

/** Levels are drawn below the lines that reach them. */
function levelMarks(levels: readonly Level[], { colour, dash }: SeriesStyle): Plot.Markish[] {
  return [Plot.ruleY(levels, { y: "y", fx: "panel", stroke: colour, strokeDasharray: dash, strokeWidth: 2.4 })];
}

function traceMarks(points: readonly Drawn[], style: SeriesStyle): Plot.Markish[] {
  const at = { x: "x", fx: "panel", stroke: style.colour };
  const line = { ...at, y: "line", z: "trace", strokeDasharray: style.dash };
  const [exact, seeds] = [true, false].map((closed) => points.filter(({ drawn }) => (drawn === "exact") === closed));
  const stops = points.filter(({ stops, edge }) => stops && edge === null);
  return [
    Plot.line(exact!, { ...line, strokeWidth: 2.4 }),
    Plot.line(seeds!, { ...line, strokeWidth: 1.2, strokeOpacity: 0.75 }),
    Plot.dot(
      points.filter(({ lone }) => lone),
      { ...at, y: "y", r: 1.7, fill: style.colour },
    ),
    Plot.dot(stops, { ...at, y: "y", symbol: "times", r: 5, strokeWidth: 2 }),
    ...edgeMarks(points, style),
  ];
}

function captionOf(read: Traces, points: readonly Drawn[], undefinedRows: number, withoutPlace: number): string[] {
  const thick = read.levels.length > 0 || points.some(({ drawn }) => drawn === "exact");
  const seeds = points.some(({ drawn }) => drawn !== "exact");
  const stopped = new Set(points.filter(({ stops }) => stops).map(({ trace }) => trace)).size;
  return [
    ...(seeds ? ["Thin lines: one seed each."] : []),
    ...(thick ? ["Thick lines: closed forms."] : []),
    ...counted(stopped, "seed", () => "without a number from some step on: the line ends in a cross."),
    ...counted(undefinedRows, "row", (is) => `${is} diverged or without a number: not drawn.`),
    ...counted(read.doubled, "row", (is) => `${is} at a step that its line has already: several cells in one line.`),
    ...counted(withoutPlace, "row", (is) => `${is} not drawn: no place on the horizontal axis.`),
  ];
}
