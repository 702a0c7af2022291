import { named } from "../../src/figures/named.js";
import { riskCurve } from "../../src/figures/risk-curve.js";
import { trainingCurve } from "../../src/figures/training-curve.js";
import type { Figure, Row } from "../../src/types.js";
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

/** Exact risks along training, in time over the time that theory says the seed's start stays on the plateau. */
const plateau = (rows: readonly Result[]): Row[] => {
  const left = rows.filter(({ part }) => part === "left");
  const predicted = new Map(left.map((row) => [`${row.inputs} ${row.seed}`, row.predictedLeaves as number | null]));
  return rows
    .filter(({ part }) => part === "plateau")
    .map((row) => {
      const leaves = predicted.get(`${row.inputs} ${row.seed}`) ?? null;
      const time = leaves === null ? null : (row.time as number) / leaves;
      return { ...row, name: `${row.inputs} inputs`, relativeTime: time };
    });
};

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
    id: "plateau",
    title: "Each start leaves the plateau at its own time, and theory says when",
    caption:
      "Exact risk of layers trained by SGD from random weights of size 0.003, five a kind of inputs, d = 5, N = 20, no noise. " +
      "Predicted times are from 2.7 to 4.3, one a start.",
    plot: (rows) =>
      trainingCurve(plateau(rows), {
        x: { column: "relativeTime", label: "time of gradient flow over the predicted time on the plateau" },
        y: { column: "exactRisk", label: "exact risk: mean squared error (label units²)" },
        names: ["isotropic inputs", "anisotropic inputs"],
      }),
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
