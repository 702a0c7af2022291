import type { Picture, Row } from "../types.js";
import { axes } from "./axes.js";
import { clipped, edgeNotes } from "./clipped.js";
import { emptyPicture } from "./empty.js";
import { type Axis, FRAME, panelHeads, panelsOf } from "./frame.js";
import { horizontalAxis } from "./horizontal.js";
import { type Point, pointsOf } from "./points.js";
import { riskCaption } from "./risk-caption.js";
import { seriesMarks, seriesSwatch } from "./series-marks.js";
import { seriesStyle } from "./series-style.js";
import { verticalAxis } from "./vertical.js";

/** What a risk curve shows of which columns. */
export interface RiskCurve {
  /** A numeric column: context length, steps, input scale. */
  readonly x: Axis;
  /** The measured column. `error` holds its standard error over prompts (`standardError` when nothing is said). */
  readonly y: Axis & { readonly error?: string };
  /** Which series and in which order: styles follow it. All, as they first appear, when nothing is said. */
  readonly names?: readonly string[];
  /** A column that splits the figure into panels side by side, all on the same axes. */
  readonly panel?: string;
}

/**
 * Measured numbers against a numeric column, one series a `name`: rows with `exact: true` as lines, the others as
 * symbols with an error bar of one standard error. Every row is part of a mark or is counted in the caption: infinite
 * numbers stand as triangles at the top, zero, negative and rounding-level ones at the bottom of a logarithmic axis.
 * Symbols of different series are moved sideways by a few pixels so that equal numbers do not hide each other.
 */
export function riskCurve(rows: readonly Row[], { x, y, names, panel }: RiskCurve): Picture {
  const order = names ?? [...new Set(rows.map(({ name }) => String(name)))];
  const shown = rows.filter(({ name }) => order.includes(String(name)));
  if (shown.length === 0) return emptyPicture("there are no rows");

  const columns = { x: x.column, y: y.column, error: y.error ?? "standardError", panel: panel ?? null };
  const read = order.map((name) =>
    pointsOf(
      shown.filter((row) => String(row.name) === name),
      columns,
    ),
  );
  const panels = panelsOf(shown, panel);
  const across = horizontalAxis(
    x,
    read.flatMap(({ points }) => points.map((point) => point.x)),
    panels.length,
  );
  const placed = read.map(({ points }) => points.flatMap((point) => moved(point, across.place(point.x))));
  const count = (points: readonly Point[]) => points.reduce((sum, point) => sum + point.rows, 0);
  const unplaced = count(read.flatMap(({ points }) => points)) - count(placed.flat());
  const caption = riskCaption(shown, read, unplaced);
  if (placed.flat().length === 0) return emptyPicture("no row has numbers on both axes", caption);

  const up = verticalAxis(y, placed.flat().flatMap(spanOf));
  const series = placed
    .map((points, i) => ({ name: order[i]!, style: seriesStyle(i), points: points.map((point) => clipped(point, up)) }))
    .filter(({ points }) => points.length > 0);
  const points = series.flatMap((each) => each.points);
  return {
    ...FRAME,
    ...panelHeads(panel, panels),
    caption: [caption, ...across.notes, ...edgeNotes(points, up)].join(" "),
    legend: series.map(seriesSwatch),
    x: across.options,
    y: up.options,
    marks: [...axes(across, up), ...seriesMarks(series)],
  };
}

function moved(point: Point, x: number | null): Point[] {
  return x === null ? [] : [{ ...point, x }];
}

function spanOf({ y, error }: Point) {
  return y === "infinite" ? [] : [{ y, low: y - (error ?? 0), high: y + (error ?? 0) }];
}
