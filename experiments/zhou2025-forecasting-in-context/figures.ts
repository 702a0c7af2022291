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
  {
    id: "risk-against-depth",
    title: "Two layers nearly close the gap, where series are tame",
    caption:
      "Stacks of linear attention trained to the end, m = 25, on the paper's series 102: excess over the best linear prediction " +
      "in units of the best single layer's, on the same prompts. On series 106 three layers have heavy tails.",
    plot(rows) {
      const shown = rows.filter(({ part, series, exact }) => part === "depth" && series === 102 && !exact);
      const risk = (seed: number | null, of: string) =>
        shown.find((row) => row.seed === seed && row.name === of)?.risk ?? Number.NaN;
      const trained = shown
        .filter(({ depth }) => typeof depth === "number")
        .map((row) => {
          const linear = risk(row.seed, "best-linear");
          const share = (row.risk! - linear) / (risk(row.seed, "lsa-optimum") - linear);
          return { ...row, name: "stack, trained", share, standardError: null };
        });
      return riskCurve(trained, {
        x: { column: "depth", label: "layers L" },
        y: { column: "share", label: "share of the single layer's gap" },
        names: ["stack, trained"],
      });
    },
  },
  {
    id: "teacher-and-rollout",
    title: "Softmax heads, and the linear layer, forecasting Figure 2's series",
    caption:
      "Trained to the end at m = 3, n = 8. Teacher: each forecast from the values that came, in a prompt that grows by a pair a step. " +
      "Rollout: from its own forecasts; the linear layer's have no mean square from step 5 on, and are left out there.",
    plot(rows) {
      const shown = rows.filter(
        ({ part, mode, name, horizon, risk }) =>
          part === "forecast" && risk !== null && !(mode === "rollout" && name === "lsa" && (horizon as number) >= 5),
      );
      const names = {
        lsa: "linear layer",
        softmax: "softmax",
        "softmax-sink": "softmax, sink",
        "best-linear": "best forecast",
      };
      return riskCurve(named(shown, names), {
        x: { column: "horizon", label: "steps ahead h", scale: "log" },
        y: { column: "risk", label: "squared error in units of the noise", scale: "log" },
        names: [names["best-linear"], names.lsa, names.softmax, names["softmax-sink"]],
        panel: "mode",
      });
    },
  },
];
