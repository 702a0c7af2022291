import type { PlotOptions } from "@observablehq/plot";
import type { SeriesStyle } from "./series-style.js";

/** One entry of a legend: a series with what is drawn of it, or the colours of a heat map. */
export type Swatch =
  | { readonly label: string; readonly style: SeriesStyle; readonly line: boolean; readonly symbol: boolean }
  | {
      readonly label: string;
      readonly colours: readonly string[];
      readonly ends: readonly [low: string, high: string];
    };

/**
 * What a figure function returns: Plot's options, so that `Plot.plot(picture)` draws it anywhere, with the legend as
 * data (Plot has none for dashes) and as `caption` the sentences that say what the marks are and count every row that
 * is not one of them. The title is the `Figure`'s.
 */
export interface Picture extends PlotOptions {
  readonly caption: string;
  readonly legend: readonly Swatch[];
}

/** What an axis shows. `label` names the quantity and its unit. */
export interface Axis {
  readonly column: string;
  readonly label: string;
  readonly scale?: "linear" | "log";
}

/** Room for tick labels of six characters and one line of axis label, at the report's 12 px. */
export const FRAME = { width: 680, height: 400, marginLeft: 64, marginRight: 24, marginTop: 30, marginBottom: 42 };

/** Heads of panels side by side, `inputs: rotated`, in the order in which they first appear, with room above for them. */
export function panelHeads(panel: string | undefined, panels: readonly string[]): PlotOptions {
  if (panel === undefined) return { fx: { axis: null } };
  const domain = [...new Set(panels)];
  return { marginTop: 52, fx: { domain, label: null, tickFormat: (value: string) => `${panel}: ${value}` } };
}
