import { heatMap } from "../../figures/heat-map.js";
import type { Matrix } from "../messages.js";
import { drawn } from "./drawn.js";

/** Draws matrices side by side, on one scale of colours. */
export function drawMatrices(place: HTMLElement, matrices: readonly Matrix[]): void {
  const rows = matrices.flatMap(({ name, rows: entries }) =>
    entries.flatMap((row, i) => row.map((value, j) => ({ panel: name, row: i + 1, column: j + 1, value }))),
  );
  const {
    caption: _,
    legend: __,
    ...options
  } = heatMap(rows, {
    i: { column: "row", label: "query feature" },
    j: { column: "column", label: "context feature" },
    value: { column: "value", label: "entry" },
    panel: "panel",
  });
  drawn(place, options);
}
