import * as Plot from "@observablehq/plot";
import type { FromComparing } from "../messages.js";
import { picture } from "./drawn.js";

/** Pixels of one square. */
const SIDE = 190;

/** Draws the model's predictions against each predictor's, one square each. */
export function drawPredictions(
  place: HTMLElement,
  { model, comparisons }: Extract<FromComparing, { kind: "predictions" }>,
): void {
  const largest = Math.max(1e-6, ...comparisons.flatMap(({ predictor }) => Array.from(predictor, Math.abs)));
  const reach = Math.max(largest, ...Array.from(model, Math.abs));
  const squares = comparisons.map(({ name, predictor, distance }) => {
    const dots = Array.from(predictor, (x, p) => ({ x, y: model[p]! }));
    const far = distance === null ? "apart" : `distance ${distance.toPrecision(2)}`;
    return picture({
      width: SIDE,
      height: SIDE + 22,
      marginLeft: 34,
      marginBottom: 34,
      marginTop: 34,
      marginRight: 8,
      x: { domain: [-reach, reach], label: name, labelAnchor: "center", labelArrow: "none", ticks: 3 },
      y: { domain: [-reach, reach], label: null, ticks: 3 },
      marks: [
        Plot.frame({ strokeOpacity: 0.35 }),
        Plot.line([-reach, reach], { x: (x) => x, y: (y) => y, stroke: "var(--optimum)", strokeWidth: 1.5 }),
        Plot.dot(dots, { x: "x", y: "y", r: 1.8, fill: "var(--risk)", fillOpacity: 0.55 }),
        Plot.text([far], { frameAnchor: "top", dy: -16, text: (each) => each }),
      ],
    });
  });
  place.replaceChildren(...squares);
}
