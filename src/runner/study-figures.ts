import { riskCurve } from "../figures/risk-curve.js";
import type { Study } from "../studies/study.js";
import type { Figure, Row } from "../types.js";

/** Letters that the heads of panels side by side may have together. */
const LETTERS = 80;

/** Panels side by side, at most. */
const MOST_PANELS = 4;

const LABELS: Readonly<Record<string, string>> = { context: "context pairs n", testContext: "context pairs at test" };

/**
 * A study's figures: risk against the first numeric column that varies, else against the context, with a panel for every
 * combination of the other columns that vary (words, and numbers beyond the first), so that no two cells share a place.
 * As many panels stand in one figure as their heads leave room for.
 */
export function studyFigures({ cells, pools }: Pick<Study, "cells" | "pools">): Figure[] {
  const points: Row[] = cells.flatMap((cell) => cell.tests.map((test) => ({ ...cell.columns, ...test.columns })));
  // Pools of tasks are repetitions, as seeds are.
  const columns = [...new Set(points.flatMap((point) => Object.keys(point)))].filter((column) => column !== pools);
  const isNumeric = (column: string) => points.every((point) => typeof point[column] === "number");
  const varying = columns.filter((column) => new Set(points.map((point) => point[column])).size > 1);
  const x = varying.find(isNumeric) ?? "testContext";
  const split = varying.filter((column) => column !== x && !follows(points, column, x));
  const panel = split.join(", ");
  const headOf = (row: Row) => split.map((column) => row[column] ?? "-").join(", ");
  const label = LABELS[x] ?? x;
  const groups = sideBySide([...new Set(points.map(headOf))], panel.length);
  return groups.map((heads, i) => ({
    id: groups.length > 1 ? `risk-${i + 1}` : "risk",
    title: `Risk against ${label}${groups.length > 1 ? ` (${i + 1} of ${groups.length})` : ""}`,
    caption: "",
    plot: (rows) =>
      riskCurve(
        rows.map((row) => ({ ...row, [panel]: headOf(row) })).filter((row) => heads.includes(row[panel] as string)),
        {
          x: { column: x, label },
          y: { column: "risk", label: "risk: mean squared error (label units²)", scale: "log" },
          ...(split.length > 0 ? { panel } : {}),
        },
      ),
  }));
}

/** Whether one column is known where the other is: `testContext` where every test is at the context of training. */
function follows(points: readonly Row[], column: string, other: string): boolean {
  const pairs = new Set(points.map((point) => JSON.stringify([point[other], point[column]])));
  return pairs.size === new Set(points.map((point) => point[other])).size;
}

/** Heads in groups that have room side by side. */
function sideBySide(heads: readonly string[], nameLength: number): string[][] {
  const longest = nameLength + Math.max(...heads.map((head) => head.length));
  const size = Math.max(1, Math.min(MOST_PANELS, Math.floor(LETTERS / longest)));
  return Array.from({ length: Math.ceil(heads.length / size) }, (_, i) => heads.slice(size * i, size * (i + 1)));
}
