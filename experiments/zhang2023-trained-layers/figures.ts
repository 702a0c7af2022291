import { riskCurve } from "../../src/figures/risk-curve.js";
import { trainingCurve } from "../../src/figures/training-curve.js";
import type { Figure } from "../../src/types.js";
import type { Result } from "./measure.js";

const SETTING = "One layer, d = 5, N = 20, no noise, sigma = 0.1.";
const TIME = { column: "time", label: "time of gradient flow: rate times step" };

export const figures: readonly Figure<Result>[] = [
  {
    id: "time-course",
    title: "A layer trained by SGD follows the predicted logistic curve",
    caption: `${SETTING} Isotropic inputs; thin lines are seeds, the thick one is the closed form.`,
    plot: (rows) =>
      trainingCurve(
        rows.filter(
          ({ part, name, inputs }) => inputs === "isotropic" && (part === "course" || name === "time-course"),
        ),
        {
          x: TIME,
          y: { column: "product", label: "u U: the step that the layer makes" },
          names: ["time-course", "lsa"],
        },
      ),
  },
  {
    id: "population-loss",
    title: "Weak directions are learned late: loss of the population flow",
    caption: `${SETTING} An eigenvalue l of the inputs' covariance is learned in a time of about 1 / l^2.`,
    plot: (rows) =>
      trainingCurve(
        rows
          .filter(({ part, name }) => part === "flow" && name === "population-flow")
          .map((row) => ({ ...row, name: `${row.inputs} inputs` })),
        {
          x: { ...TIME, label: "time of gradient flow", scale: "log" },
          y: { column: "loss", label: "loss: half the excess risk" },
        },
      ),
  },
  {
    id: "risk-against-length",
    title: "Risk against the length of test prompts, for layers trained at N",
    caption: "Lines are exact (formula (R)) for the optimum at N; symbols are sampled on 20,000 prompts.",
    plot: (rows) =>
      riskCurve(
        rows
          .filter(({ part, name }) => part === "length" && name !== "zero")
          .map((row) => ({ ...row, panel: `trained at N = ${row.context}` })),
        {
          x: { column: "testContext", label: "context pairs M at test", scale: "log" },
          y: { column: "risk", label: "risk: mean squared error", scale: "log" },
          names: ["lsa-optimum", "lsa"],
          panel: "panel",
        },
      ),
  },
  {
    id: "covariate-shift",
    title: "Trained on one input scale, the layer is brittle to another",
    caption: "Inputs and query multiplied by c at test time: predictions grow as c^2 times the right answer.",
    plot: (rows) =>
      riskCurve(
        rows.filter(({ part, context }) => part === "shift" && context === 20),
        {
          x: { column: "factor", label: "factor c on the inputs" },
          y: { column: "risk", label: "risk: mean squared error", scale: "log" },
          names: ["lsa-optimum", "lsa", "zero"],
        },
      ),
  },
];
