import * as Plot from "@observablehq/plot";
import type { Horizontal } from "./horizontal.js";
import type { Vertical } from "./vertical.js";

/**
 * Frame, grid, ticks and labels of a figure with numbers on both axes. Ticks of logarithmic axes are set here: Plot
 * would leave out some of their labels and write 0.1 as `100m`.
 */
export function axes(across: Horizontal, up: Vertical): Plot.Markish[] {
  const text = (name: (x: number) => string) => ({ text: (x: number) => name(x) });
  return [
    Plot.gridY(up.ticks ?? undefined, { strokeOpacity: 0.12 }),
    Plot.frame({ strokeOpacity: 0.4 }),
    across.ticks ? Plot.axisX(across.ticks, text(across.tickText)) : Plot.axisX({}),
    up.ticks ? Plot.axisY(up.ticks, text(up.tickText)) : Plot.axisY({}),
  ];
}
