import { named } from "../../src/figures/named.js";
import { riskCurve } from "../../src/figures/risk-curve.js";
import { trainingCurve } from "../../src/figures/training-curve.js";
import type { Figure } from "../../src/types.js";
import type { Result } from "./measure.js";
import { moreFigures } from "./more-figures.js";

const LOSS = "loss: half the mean squared error (label units²)";
const SETTING = "One layer, d = 10, n = 10, inputs uniform on [-1/2, 1/2].";
const NAMES = { lsa: "trained layer", "gradient-step": "one gradient step", zero: "always 0" };
const [LAYER, STEP, ZERO] = [NAMES.lsa, NAMES["gradient-step"], NAMES.zero];

/** Rows of the code's inputs, U(-1/2, 1/2), with ten context pairs. */
const main = (rows: readonly Result[], part: string) =>
  rows.filter((row) => row.part === part && row.range === 0.5 && row.context === 10);

/** The layers' curves, and the closed form of the step as a level: a row without a step. */
const withLevel = (rows: readonly Result[]) => {
  const levels = main(rows, "trained").filter((row) => row.exact && row.name === "gradient-step");
  return named([...main(rows, "curve"), ...levels.map((row) => ({ ...row, step: null }))], NAMES);
};

const alongTraining = (figure: {
  readonly id: string;
  readonly title: string;
  readonly says: string;
  readonly column: string;
  readonly label: string;
  readonly scale: "log" | "linear";
}): Figure<Result> => ({
  id: figure.id,
  title: figure.title,
  caption: `${SETTING} ${figure.says}`,
  plot: (rows) => trainingCurve(named(main(rows, "curve"), NAMES), { y: figure }),
});

export const figures: readonly Figure<Result>[] = [
  {
    id: "loss-over-training",
    title: "Training ends at the loss of one gradient step",
    caption: `${SETTING} Each layer is measured on 10,000 prompts.`,
    plot: (rows) => trainingCurve(withLevel(rows), { y: { column: "loss", label: LOSS }, names: [LAYER, STEP] }),
  },
  alongTraining({
    id: "cosine-over-training",
    title: "The sensitivity to the query turns along gradient descent's",
    says: "The sensitivity is dy/dx_query; means over 200 prompts.",
    column: "cosine.gradient-step",
    label: "cosine of the layer's sensitivity with the gradient step's",
    scale: "linear",
  }),
  alongTraining({
    id: "weights-over-training",
    title: "The weights themselves approach the predicted ones",
    says: "The rate is constant: the weights end in a noise of a few percent.",
    column: "weightDistance",
    label: "relative distance of the weights from the predicted ones, up to gauge",
    scale: "log",
  }),
  {
    id: "loss-against-context",
    title: "The trained layer is the best step for every number of context pairs",
    caption: "One layer a point and seed, d = 10, inputs uniform on [-1/2, 1/2].",
    plot: (rows) =>
      riskCurve(
        named(
          rows.filter((row) => row.part === "trained" && row.range === 0.5),
          NAMES,
        ),
        {
          x: { column: "context", label: "context pairs n", scale: "log" },
          y: { column: "loss", label: LOSS, scale: "log", error: "lossError" },
          names: [STEP, LAYER],
        },
      ),
  },
  {
    id: "loss-against-input-scale",
    title: "Out of distribution the layer fails exactly as the step does",
    caption: `${SETTING} Inputs are multiplied by a factor at test; layer and step keep what they learned at factor 1.`,
    plot: (rows) =>
      riskCurve(named([...main(rows, "trained"), ...main(rows, "scale")], NAMES), {
        x: { column: "inputScale", label: "factor on the inputs" },
        y: { column: "loss", label: LOSS, scale: "log", error: "lossError" },
        names: [STEP, LAYER, ZERO],
      }),
  },
  ...moreFigures,
];
