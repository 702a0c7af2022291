import type { Measurement, Row } from "../types.js";
import { Reading } from "./reading.js";

/** All rows of one point of a grid. */
export interface Cell {
  readonly columns: Row;
  readonly rows: readonly Measurement[];
  /** Names the stream of its prompts, where that is known: cells of different names have independent prompts. */
  readonly stream?: string;
}

/** Cells that are judged together: one, or those that a slope runs over. */
export interface Group {
  readonly label: string;
  readonly cells: readonly Cell[];
  /** The same for each pool of tasks, where the statement is about their mean; `cells` are then those of all. */
  readonly pools?: readonly (readonly Cell[])[];
}

/** The rows, put together where they agree in the columns `by`; in the order in which they first appear. */
export function cellsOf(rows: readonly Measurement[], by: readonly string[]): Cell[] {
  const cells = gathered(rows, (row) => select(row, by));
  return cells.map(({ columns, members }) => ({ columns, rows: members }));
}

/** The cells of given points, all of which have the same columns; a point without rows is a cell without rows. */
export function cellsAt(points: readonly Row[], rows: readonly Measurement[]): Cell[] {
  const columns = Object.keys(points[0] ?? {});
  const found = new Map(cellsOf(rows, columns).map((cell) => [JSON.stringify(cell.columns), cell.rows]));
  return points.map((point) => ({ columns: point, rows: found.get(JSON.stringify(select(point, columns))) ?? [] }));
}

/** Each cell for itself. */
export function eachCell(cells: readonly Cell[]): Group[] {
  return cells.map((cell) => ({ label: labelOf(cell.columns), cells: [cell] }));
}

/**
 * Cells that differ in the column `x` only, put together. Columns that equal x in every cell (a test context that
 * follows the context) are taken along with it.
 */
export function along(cells: readonly Cell[], x: string): Group[] {
  const follows = (column: string) => cells.every(({ columns }) => columns[column] === columns[x]);
  const others = Object.keys(cells[0]?.columns ?? {}).filter((column) => column !== x && !follows(column));
  const groups = gathered(cells, (cell) => select(cell.columns, others));
  return groups.map(({ columns, members }) => ({ label: labelOf(columns) || `all ${x}`, cells: members }));
}

/** Each cell and seed for itself: what a statement about *every* seed is judged on. */
export function eachSeed(cells: readonly Cell[]): Group[] {
  return cells.flatMap((cell) =>
    seedsOf([cell]).map((seed) => ({
      label: labelOf({ ...cell.columns, seed }),
      cells: [{ ...cell, rows: cell.rows.filter((row) => row.seed === seed || row.seed === null) }],
    })),
  );
}

/** `context 10, noise 0.1`: how a verdict names a cell. A test at the training context is not named twice. */
export function labelOf(columns: Row): string {
  return Object.entries(columns)
    .filter(([column, value]) => column !== "testContext" || value !== columns.context)
    .map(([column, value]) => `${column} ${value}`)
    .join(", ");
}

/** The seeds that any row of the cells has, in order; empty where there are closed forms only. */
export function seedsOf(cells: readonly Cell[]): number[] {
  const seeds = new Set(cells.flatMap((cell) => cell.rows.flatMap((row) => row.seed ?? [])));
  return [...seeds].sort((a, b) => a - b);
}

/** The cells as each seed sees them: its own rows and those of no seed. Once, without a seed, where there is none. */
export function readingsOf(cells: readonly Cell[]): Reading[][] {
  const seeds = seedsOf(cells);
  const sorted = cells.map(({ rows }) => {
    const bySeed = gathered(rows, ({ seed }) => ({ seed }));
    return new Map(bySeed.map(({ columns, members }) => [columns.seed, members]));
  });
  const rowsOf = (i: number, seed: number | null) => sorted[i]!.get(seed) ?? [];
  return (seeds.length === 0 ? [null] : seeds).map((seed) =>
    cells.map((cell, i) => {
      const rows = seed === null ? rowsOf(i, null) : [...rowsOf(i, seed), ...rowsOf(i, null)];
      return new Reading(cell.columns, rows, seed, cell.stream);
    }),
  );
}

function select(row: Row, columns: readonly string[]): Row {
  return Object.fromEntries(columns.map((column) => [column, row[column] ?? null]));
}

function gathered<T>(items: readonly T[], columnsOf: (item: T) => Row): { columns: Row; members: T[] }[] {
  const groups = new Map<string, { columns: Row; members: T[] }>();
  for (const item of items) {
    const columns = columnsOf(item);
    const key = JSON.stringify(columns);
    const group = groups.get(key) ?? { columns, members: [] };
    group.members.push(item);
    groups.set(key, group);
  }
  return [...groups.values()];
}
