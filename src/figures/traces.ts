import type { Row } from "../types.js";
import { type Clipped, clipped } from "./clipped.js";
import type { Horizontal } from "./horizontal.js";
import { reading } from "./reading.js";
import type { Vertical } from "./vertical.js";

/** One row of a line over training: the number, or null where the seed goes on without one. */
export interface TracePoint {
  readonly x: number;
  readonly y: number | "infinite" | null;
}

/** One line over training: what a name did with one seed (or in closed form), in the order of x. */
export interface Trace {
  readonly name: string;
  readonly panel: string;
  readonly exact: boolean;
  readonly points: readonly TracePoint[];
}

/** Columns that hold a trace's parts. */
export interface TraceColumns {
  readonly x: string;
  readonly y: string;
  readonly panel: string | null;
}

/** A name's closed form without a place on x: the same at all of them. */
export interface Level {
  readonly name: string;
  readonly panel: string;
  readonly y: number;
}

/** Rows as lines and levels, and how many of them are neither. */
export interface Traces {
  readonly traces: readonly Trace[];
  readonly levels: readonly Level[];
  readonly withoutPlace: number;
  /** Rows at a place where their line has a number already: they come from cells that the figure does not tell apart. */
  readonly doubled: number;
}

/** One line a name, seed and panel. */
export function tracesOf(rows: readonly Row[], columns: TraceColumns): Traces {
  const groups = new Map<string, Omit<Trace, "points"> & { points: TracePoint[] }>();
  const levels: Level[] = [];
  let [withoutPlace, doubled] = [0, 0];
  for (const row of rows) {
    const [x, y] = [reading(row, columns.x), reading(row, columns.y)];
    const panel = columns.panel === null ? "" : String(row[columns.panel] ?? "");
    const [name, exact] = [String(row.name), row.exact === true];
    if (typeof x === "number") {
      const key = JSON.stringify([name, panel, exact, row.seed ?? null]);
      const trace = groups.get(key) ?? { name, panel, exact, points: [] };
      groups.set(key, trace);
      if (trace.points.some((point) => point.x === x)) doubled += 1;
      trace.points.push({ x, y: y === "missing" ? null : y });
    } else if (exact && typeof y === "number") levels.push({ name, panel, y });
    else withoutPlace += 1;
  }
  const traces = [...groups.values()].map((trace) => ({ ...trace, points: trace.points.sort((a, b) => a.x - b.x) }));
  return { traces, levels, withoutPlace, doubled };
}

/** A point of a trace on the axes, with what its line does there. */
export interface Drawn extends Clipped {
  /** Which trace of the figure it belongs to. */
  readonly trace: number;
  /** NaN where the line breaks: beyond an edge. */
  readonly line: number;
  /** True where neither neighbour is on the line, so that a line would not show it. */
  readonly lone: boolean;
  /** True where the seed goes on without a number. */
  readonly stops: boolean;
}

/** A trace's points on the axes; points without a number or place are left out, and the caller counts them. */
export function drawnTrace(trace: Trace, index: number, across: Horizontal, up: Vertical): Drawn[] {
  const drawn = trace.exact ? "exact" : "alone";
  const onAxes = trace.points.map(({ x, y }) => {
    const place = across.place(x);
    if (place === null || y === null) return null;
    return clipped({ x: place, y, error: null, panel: trace.panel, drawn, errorOver: null, rows: 1 }, up);
  });
  const onLine = (k: number) => onAxes[k] !== undefined && onAxes[k] !== null && onAxes[k].edge === null;
  return onAxes.flatMap((point, k): Drawn[] => {
    if (point === null) return [];
    const line = point.edge === null ? point.y : Number.NaN;
    const lone = onLine(k) && !onLine(k - 1) && !onLine(k + 1);
    const stops = k + 1 < trace.points.length && trace.points[k + 1]!.y === null;
    return [{ ...point, trace: index, line, lone, stops }];
  });
}
