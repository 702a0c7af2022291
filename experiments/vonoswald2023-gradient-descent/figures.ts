import { riskCurve } from "../../src/figures/risk-curve.js";
import { trainingCurve } from "../../src/figures/training-curve.js";
import type { Figure } from "../../src/types.js";
import type { Result } from "./measure.js";

const LOSS = "loss: half the mean squared error";

/** Rows of the code's inputs, U(-1/2, 1/2), with ten context pairs. */
const main = (rows: readonly Result[], part: string) =>
  rows.filter((row) => row.part === part && row.range === 0.5 && row.context === 10);

/** The closed form of the step stands once over the whole curve, not once a snapshot. */
const withLevel = (rows: readonly Result[]) => {
  const levels = rows.filter((row) => row.exact && row.name === "gradient-step").slice(0, 1);
  const sampled = rows.filter((row) => !row.exact && row.name === "lsa");
  return [...sampled, ...levels.map((row) => ({ ...row, step: null }))];
};

const measure = (
  id: string,
  title: string,
  column: string,
  label: string,
  scale: "log" | "linear",
): Figure<Result> => ({
  id,
  title,
  caption: "One layer, d = 10, n = 10, inputs uniform on [-1/2, 1/2]; measured on 1,000 tasks at each snapshot.",
  plot: (rows) =>
    trainingCurve(
      main(rows, "curve").filter(({ name, exact }) => name === "lsa" && !exact),
      { y: { column, label, scale } },
    ),
});

export const figures: readonly Figure<Result>[] = [
  {
    id: "loss-over-training",
    title: "Training ends at the loss of one gradient step",
    caption: "One layer, d = 10, n = 10, inputs uniform on [-1/2, 1/2]; the level is the best step's closed form.",
    plot: (rows) =>
      trainingCurve(withLevel(main(rows, "curve")), {
        y: { column: "loss", label: LOSS },
        names: ["lsa", "gradient-step"],
      }),
  },
  measure(
    "cosine-over-training",
    "The sensitivity to the query turns along gradient descent's",
    "cosine.gradient-step",
    "cosine of dy/dx_query with the gradient step's",
    "linear",
  ),
  measure(
    "weights-over-training",
    "The weights themselves approach the predicted ones",
    "weightDistance",
    "relative distance of the weights, up to gauge",
    "log",
  ),
  {
    id: "loss-against-context",
    title: "The trained layer is the best step for every number of context pairs",
    caption: "One layer a point and seed, d = 10, inputs uniform on [-1/2, 1/2].",
    plot: (rows) =>
      riskCurve(
        rows.filter((row) => row.part === "trained" && row.range === 0.5 && row.name !== "zero"),
        {
          x: { column: "context", label: "context pairs n", scale: "log" },
          y: { column: "loss", label: LOSS, scale: "log", error: "lossError" },
          names: ["gradient-step", "lsa"],
        },
      ),
  },
  {
    id: "loss-against-input-scale",
    title: "Out of distribution the layer fails exactly as the step does",
    caption: "Inputs multiplied by a factor at test time; layer and step keep what they learned at factor 1.",
    plot: (rows) =>
      riskCurve(main(rows, "scale"), {
        x: { column: "inputScale", label: "factor on the inputs" },
        y: { column: "loss", label: LOSS, scale: "log", error: "lossError" },
        names: ["gradient-step", "lsa", "zero"],
      }),
  },
];
