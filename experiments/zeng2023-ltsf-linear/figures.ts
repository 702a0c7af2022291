import { named } from "../../src/figures/named.js";
import { riskCurve } from "../../src/figures/risk-curve.js";
import type { Figure } from "../../src/types.js";
import type { Result } from "./measure.js";

const NAMES = {
  linear: "Linear, fitted",
  dlinear: "DLinear, fitted",
  nlinear: "NLinear, fitted",
  "best-nlinear": "NLinear, best",
};
const SHOWN = ["(.5)", "(1.2, -.5)", "(.98)"];

export const figures: readonly Figure<Result>[] = [
  {
    id: "risk-against-window",
    title: "Windows help up to the order, and NLinear pays for its level",
    caption:
      "Exact risk of maps fitted by least squares to 800 values; noise 1. The best Linear has no excess at windows of the " +
      "order and more, where the fitted ones pay for their weights. DLinear's symbols are Linear's.",
    plot: (rows) =>
      riskCurve(
        named(
          rows.filter(({ part, series }) => part === "fitted" && SHOWN.includes(series as string)),
          NAMES,
        ),
        {
          x: { column: "window", label: "window p", scale: "log" },
          y: { column: "excess", label: "excess risk in units of the noise", scale: "log" },
          names: [NAMES["best-nlinear"], NAMES.linear, NAMES.dlinear, NAMES.nlinear],
          panel: "series",
        },
      ),
  },
  {
    id: "risk-against-shift",
    title: "Linear loses the square of a shift of level, NLinear nothing",
    caption: "Windows of 8 values, 20,000 prompts a symbol.",
    plot: (rows) =>
      riskCurve(
        named(
          rows.filter(
            ({ part, series, seed }) => part === "shifted" && SHOWN.includes(series as string) && (seed ?? 0) === 0,
          ),
          { linear: "Linear", nlinear: "NLinear" },
        ),
        {
          x: { column: "factor", label: "shift in standard deviations" },
          y: { column: "risk", label: "risk in units of the noise" },
          names: ["Linear", "NLinear"],
          panel: "series",
        },
      ),
  },
];
