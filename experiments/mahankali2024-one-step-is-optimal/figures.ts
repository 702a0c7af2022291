import { heatMap } from "../../src/figures/heat-map.js";
import { named } from "../../src/figures/named.js";
import { riskCurve } from "../../src/figures/risk-curve.js";
import { trainingCurve } from "../../src/figures/training-curve.js";
import type { Figure } from "../../src/types.js";
import type { Result } from "./measure.js";

const NAMES = {
  lsa: "trained layer",
  "lsa-optimum": "one step: least risk of a layer",
  "gradient-step": "best plain step",
  ridge: "ridge (Bayes)",
};

export const figures: readonly Figure<Result>[] = [
  {
    id: "risk-against-noise",
    title: "The trained layer has the risk of one gradient step, whatever the targets and the noise",
    caption:
      "One layer of linear attention, d = 5, n = 20. Linear targets, with preconditioned inputs, and one neuron: the risk as " +
      "a part of the label's variance. The best step without a preconditioner is shown where it is another one; ridge is Bayes for linear targets.",
    plot: (rows) =>
      riskCurve(
        named(
          rows.filter(
            ({ part, name, setting }) =>
              part === "trained" && (name !== "gradient-step" || setting === "preconditioned"),
          ),
          NAMES,
        ),
        {
          x: { column: "noise", label: "standard deviation of the noise" },
          y: { column: "share", label: "risk over the label's variance", error: "shareError" },
          names: [NAMES["lsa-optimum"], NAMES.lsa, NAMES["gradient-step"], NAMES.ridge],
          panel: "setting",
        },
      ),
  },
  {
    id: "step-over-training",
    title: "The step that the layer makes comes to the one of the theorems",
    caption: "One layer, d = 5, n = 20, noise of standard deviation 1; the step is tr(S A) / d.",
    plot: (rows) =>
      trainingCurve(
        rows
          .filter(({ part, noise, name }) => part === "curve" && noise === 1 && name === "lsa")
          .map((row) => ({ ...row, name: `${row.setting}` })),
        {
          y: { column: "relativeEta", label: "step over the theorem's" },
          names: ["isotropic", "preconditioned", "relu", "cubic"],
        },
      ),
  },
  {
    id: "weights-preconditioned",
    title: "Trained weights beside the predicted preconditioner: inputs of covariance S, tasks of S^-1",
    caption:
      "S_ij = 0.5^|i - j|, noise 1. Left the layer of seed 0 after training, right n eta S^-1, tridiagonal as S^-1 is.",
    plot: (rows) =>
      heatMap(
        rows
          .filter(({ part, setting, noise }) => part === "entry" && setting === "preconditioned" && noise === 1)
          .map((row) => ({ ...row, panel: row.name === "lsa" ? "trained" : "theory" })),
        {
          i: { column: "row", label: "query feature" },
          j: { column: "column", label: "context feature" },
          value: { column: "value", label: "entry of A" },
          panel: "panel",
        },
      ),
  },
];
