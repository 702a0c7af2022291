import type { PlotOptions } from "@observablehq/plot";
import type { Row } from "../types.js";

/** What an axis shows. `label` names the quantity and its unit. */
export interface Axis {
  readonly column: string;
  readonly label: string;
  readonly scale?: "linear" | "log";
}

/** Room for tick labels of six characters and one line of axis label, at the report's 12 px. */
export const FRAME = { width: 680, height: 400, marginLeft: 64, marginRight: 24, marginTop: 30, marginBottom: 42 };

/** The values of the column that splits a figure into panels, in the order in which they first appear; else one panel. */
export function panelsOf(rows: readonly Row[], panel: string | undefined): string[] {
  return panel === undefined ? [""] : [...new Set(rows.map((row) => String(row[panel] ?? "")))];
}

/** Heads of panels side by side, `inputs: rotated`, with room above for them. */
export function panelHeads(panel: string | undefined, panels: readonly string[]): PlotOptions {
  if (panel === undefined) return { fx: { axis: null } };
  return { marginTop: 52, fx: { domain: panels, label: null, tickFormat: (value: string) => `${panel}: ${value}` } };
}
