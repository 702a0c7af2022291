import type { Row } from "../types.js";
import { type Reading, reading } from "./reading.js";

/** What is drawn at one place of a series: a closed form's value, a mean over seeds, or one row that has no mean. */
export interface Point {
  readonly x: number;
  readonly y: number | "infinite";
  /** Standard error, or null where there is none. */
  readonly error: number | null;
  readonly drawn: "exact" | "mean" | "alone";
  readonly errorOver: "seeds" | "prompts" | null;
  /** Rows that it stands for. */
  readonly rows: number;
  readonly panel: string;
}

/** The points of one series in the order of x, and how many of its rows are none. */
export interface Points {
  readonly points: readonly Point[];
  readonly withoutPlace: number;
  readonly undefinedRows: number;
}

/** Columns that hold a point's parts. */
export interface PointColumns {
  readonly x: string;
  readonly y: string;
  readonly error: string;
  readonly panel: string | null;
}

/** From this many seeds on an error is over seeds, as in verdicts; two seeds have no spread worth the name. */
export const SEEDS_FOR_SPREAD = 3;

/**
 * Rows of one series as points. Exact rows stand for themselves. Measured rows at one place are averaged over seeds:
 * the error is s / sqrt(k) over k >= 3 seeds, else sqrt(sum of squared prompt errors) / k. Where a seed is infinite or
 * undefined, or a seed has two rows (cells that the figure does not tell apart), there is no mean: each row is drawn
 * alone, so that no failed seed is averaged away.
 */
export function pointsOf(rows: readonly Row[], columns: PointColumns): Points {
  const read = rows.map((row) => ({ row, x: reading(row, columns.x), y: reading(row, columns.y) }));
  const placed = read.filter((each): each is typeof each & { x: number } => typeof each.x === "number");
  const groups = new Map<string, typeof placed>();
  for (const each of placed) {
    const panel = columns.panel === null ? "" : String(each.row[columns.panel] ?? "");
    const key = JSON.stringify([each.row.exact === true, each.x, panel]);
    groups.set(key, [...(groups.get(key) ?? []), each]);
  }
  const points = [...groups].flatMap(([key, members]) => {
    const [exact, x, panel] = JSON.parse(key) as [boolean, number, string];
    return pointsAt(members, columns.error, exact).map((point) => ({ ...point, x, panel }));
  });
  return {
    points: points.sort((a, b) => a.x - b.x),
    withoutPlace: rows.length - placed.length,
    undefinedRows: placed.filter(({ y }) => y === "missing").length,
  };
}

type Here = Omit<Point, "x" | "panel">;

function pointsAt(members: readonly { row: Row; y: Reading }[], errorColumn: string, exact: boolean): Here[] {
  const usable = members.flatMap(({ row, y }) => (y === "missing" ? [] : [{ y, error: errorOf(row, errorColumn) }]));
  if (exact) return usable.map(({ y }) => ({ y, error: null, drawn: "exact", errorOver: null, rows: 1 }));
  const values = usable.flatMap(({ y }) => (y === "infinite" ? [] : [y]));
  const distinctSeeds = new Set(members.map(({ row }) => row.seed ?? null)).size;
  if (values.length < members.length || distinctSeeds < members.length)
    return usable.map(({ y, error }) => {
      const errorOver = y !== "infinite" && error !== null ? "prompts" : null;
      return { y, error: y === "infinite" ? null : error, drawn: "alone", errorOver, rows: 1 };
    });
  const spread = meanWithError(
    values,
    usable.map(({ error }) => error),
  );
  return [{ ...spread, drawn: "mean", rows: values.length }];
}

function meanWithError(values: readonly number[], errors: readonly (number | null)[]) {
  const count = values.length;
  const mean = values.reduce((sum, value) => sum + value, 0) / count;
  const deviation = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (count - 1));
  // Seeds that agree to the last bit saw the same prompts with nothing trained: their error is that of one of them.
  const same = values.every((value) => value === values[0]);
  if (count >= SEEDS_FOR_SPREAD && !same)
    return { y: mean, error: deviation / Math.sqrt(count), errorOver: "seeds" } as const;
  const known = errors.filter((error) => error !== null);
  if (known.length < count) return { y: mean, error: null, errorOver: null } as const;
  const error = same ? Math.max(...known) : Math.hypot(...known) / count;
  return { y: mean, error, errorOver: "prompts" } as const;
}

function errorOf(row: Row, column: string): number | null {
  const error = reading(row, column);
  return typeof error === "number" && error >= 0 ? error : null;
}
