import { named } from "../../src/figures/named.js";
import { riskCurve } from "../../src/figures/risk-curve.js";
import { trainingCurve } from "../../src/figures/training-curve.js";
import type { Figure } from "../../src/types.js";
import type { Result } from "./measure.js";

const NAMES = {
  lsa: "trained layer",
  "lsa-optimum": "limit of training",
  "time-course": "closed form",
  zero: "always 0",
};
const [LAYER, LIMIT, ZERO] = [NAMES.lsa, NAMES["lsa-optimum"], NAMES.zero];

/** Rows of the time course, trained and predicted. */
const course = (rows: readonly Result[]) =>
  rows.filter(({ part, name, inputs }) => inputs === "isotropic" && (part === "course" || name === "time-course"));

export const figures: readonly Figure<Result>[] = [
  {
    id: "time-course",
    title: "A layer trained by SGD follows the predicted logistic curve",
    caption: "One layer, isotropic inputs, d = 5, N = 20, no noise, sigma = 0.1.",
    plot: (rows) =>
      trainingCurve(named(course(rows), NAMES), {
        x: { column: "time", label: "time of gradient flow: rate times step" },
        y: { column: "product", label: "u U: the step that the layer makes" },
        names: [NAMES["time-course"], LAYER],
      }),
  },
  {
    id: "population-loss",
    title: "Weak directions are learned late: loss of the population flow",
    caption:
      "One layer, d = 5, N = 20, no noise, sigma = 0.1. Isotropic: covariance I; anisotropic: diag(1, 1, 1/4, 1/16, 1). " +
      "A direction of eigenvalue l is learned in a time of about 1 / l^2.",
    plot: (rows) =>
      trainingCurve(
        rows
          .filter(({ part, name }) => part === "flow" && name === "population-flow")
          .map((row) => ({ ...row, name: `${row.inputs} inputs` })),
        {
          x: { column: "time", label: "time of gradient flow", scale: "log" },
          y: {
            column: "lossAboveLimit",
            label: "loss (half the excess risk) above its limit (label units²)",
            scale: "log",
          },
          names: ["isotropic inputs", "anisotropic inputs"],
        },
      ),
  },
  {
    id: "risk-against-length",
    title: "Risk against the length of test prompts, for layers trained at N",
    caption: "Isotropic inputs, d = 5, no noise.",
    plot: (rows) => {
      const lengths = rows.filter(({ part }) => part === "length");
      return riskCurve(
        named(lengths, NAMES).map((row) => ({ ...row, "trained at N": row.context! })),
        {
          x: { column: "testContext", label: "context pairs M at test", scale: "log" },
          y: { column: "risk", label: "risk: mean squared error (label units²)", scale: "log" },
          names: [LIMIT, LAYER],
          panel: "trained at N",
        },
      );
    },
  },
  {
    id: "covariate-shift",
    title: "Trained on one input scale, the layer is brittle to another",
    caption:
      "Isotropic inputs, d = 5, N = M = 20. Inputs and query are multiplied by c at test: answers grow as c^3, not c.",
    plot: (rows) =>
      riskCurve(
        named(
          rows.filter(({ part, context }) => part === "shift" && context === 20),
          NAMES,
        ),
        {
          x: { column: "factor", label: "factor c on the inputs" },
          y: { column: "risk", label: "risk: mean squared error (label units²)", scale: "log" },
          names: [LIMIT, LAYER, ZERO],
        },
      ),
  },
];
