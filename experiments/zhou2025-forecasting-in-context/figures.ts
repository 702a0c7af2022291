import { named } from "../../src/figures/named.js";
import { riskCurve } from "../../src/figures/risk-curve.js";
import type { Figure } from "../../src/types.js";
import type { Result } from "./measure.js";

const NAMES = {
  lsa: "layer, trained as published",
  "lsa-optimum": "layer, best weights",
  "best-linear": "best linear prediction",
};
const [TRAINED, BEST, LINEAR] = [NAMES.lsa, NAMES["lsa-optimum"], NAMES["best-linear"]];

const means = (rows: readonly Result[]) =>
  rows.filter(({ part, series, name }) => part === "published" && series === "all" && name !== "residual-layer");

export const figures: readonly Figure<Result>[] = [
  {
    id: "risk-against-history",
    title: "Most of the gap to linear regression is training that has not ended",
    caption:
      "One linear-attention layer on AR(3) series, noise 0.05, means over the paper's seven series (Figure 1(e)). Trained: " +
      "error on the held-out fifth; best weights and linear prediction: exact risk.",
    plot: (rows) =>
      riskCurve(named(means(rows), NAMES), {
        x: { column: "context", label: "pairs m in the prompt", scale: "log" },
        y: { column: "risk", label: "risk: squared error in units of the series squared", scale: "log" },
        names: [LINEAR, BEST, TRAINED],
      }),
  },
  {
    id: "rollout",
    title: "Rollouts of the best layer forget the series faster than exponentially",
    caption: "AR(1) series, m = 50: median over 4,000 prompts of |layer's forecast| / |best forecast| h steps ahead.",
    plot(rows) {
      const told = rows.filter(({ part }) => part === "rollout");
      const measured = told.map((row) => ({ ...row, risk: row.left as number, coefficient: row.series as string }));
      const predicted = told
        .filter(({ seed }) => seed === 0)
        .map((row): Result => ({ ...row, name: "predicted", seed: null, exact: true, risk: row.predicted as number }))
        .map((row) => ({ ...row, coefficient: row.series as string }));
      return riskCurve([...named(measured, { "lsa-optimum": "rollouts" }), ...predicted], {
        x: { column: "horizon", label: "steps ahead h" },
        y: { column: "risk", label: "share of the best forecast that is left", scale: "log" },
        names: ["predicted", "rollouts"],
        panel: "coefficient",
      });
    },
  },
];
