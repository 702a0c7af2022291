import { heatMap } from "../../src/figures/heat-map.js";
import { named } from "../../src/figures/named.js";
import { riskCurve } from "../../src/figures/risk-curve.js";
import { trainingCurve } from "../../src/figures/training-curve.js";
import type { Figure } from "../../src/types.js";
import type { Result } from "./measure.js";
import { stackFigures } from "./stack-figures.js";

const NAMES = { lsa: "trained layer", "gradient-step": "best gradient step" };

const setting = ({ inputs, tasks }: Result) => `${inputs} inputs, ${tasks} tasks`;

/** Curves of the layers as one series a setting. */
const curves = (rows: readonly Result[]) =>
  rows.filter((row) => row.part === "curve" && row.name === "lsa").map((row) => ({ ...row, name: setting(row) }));

/** The settings in the order of the grid. */
const SETTINGS = ["isotropic", "diagonal", "rotated"].map((inputs) => `${inputs} inputs, identity tasks`);

const weights = (inputs: string, tasks: string, about: string): Figure<Result> => ({
  id: `weights-${inputs}-${tasks}`,
  title: `Trained key-query weights beside the predicted preconditioner: ${inputs} inputs, ${tasks} tasks`,
  caption: `${about} Left the layer of seed 0 after training, right the closed form A*.`,
  plot: (rows) =>
    heatMap(
      rows
        .filter((row) => row.part === "entry" && row.inputs === inputs && row.tasks === tasks)
        .map((row) => ({ ...row, panel: row.name === "lsa" ? "trained" : "theory" })),
      {
        i: { column: "row", label: "query feature" },
        j: { column: "column", label: "context feature" },
        value: { column: "value", label: "entry of A" },
        panel: "panel",
      },
    ),
});

export const figures: readonly Figure<Result>[] = [
  {
    id: "distance-over-training",
    title: "The weights converge to the closed-form preconditioner",
    caption: "One linear-attention layer, d = 5, n = 20, no noise.",
    plot: (rows) =>
      trainingCurve(curves(rows), {
        y: { column: "weightDistance", label: "relative distance from A*, up to gauge", scale: "log" },
        names: [...SETTINGS, "rotated inputs, inverse tasks"],
      }),
  },
  weights("isotropic", "identity", "Isotropic inputs and tasks: A* is a multiple of the identity."),
  weights("diagonal", "identity", "Covariance diag(1, 1, 1/4, 1/16, 1): weak directions get larger entries."),
  weights("rotated", "identity", "The same spectrum turned by 45 degrees in two planes."),
  weights("rotated", "inverse", "Tasks of the inverse covariance: A* is a multiple of that inverse."),
  {
    id: "risks",
    title: "The layer beats the best plain step where inputs are not isotropic",
    caption: "Risk over the optimum's on the same prompts; d = 5, n = 20, no noise, tasks of identity covariance.",
    plot: (rows) => {
      const measured = rows.filter((row) => row.part === "trained" && !row.exact && row.tasks === "identity");
      const inOrder = ["isotropic", "diagonal", "rotated"].flatMap((inputs) =>
        measured.filter((row) => row.inputs === inputs),
      );
      return riskCurve(named(inOrder, NAMES), {
        x: { column: "seed", label: "seed" },
        y: { column: "relativeRisk", label: "risk over the optimum's", scale: "log", error: "relativeRiskError" },
        names: [NAMES["gradient-step"], NAMES.lsa],
        panel: "inputs",
      });
    },
  },
  ...stackFigures,
];
