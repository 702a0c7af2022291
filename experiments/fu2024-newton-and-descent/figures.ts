import { heatMap } from "../../src/figures/heat-map.js";
import { riskCurve } from "../../src/figures/risk-curve.js";
import type { Figure, Row } from "../../src/types.js";
import type { Result } from "./measure.js";

const NEWTON = "Newton";
const EDGE = "Newton from the text's start";
const DESCENT = "gradient descent";
const NAMES: Readonly<Record<string, string>> = { newton: NEWTON, "newton-edge": EDGE, "gradient-descent": DESCENT };

/** Rows of `errors` as series of their algorithm. */
const series = (rows: readonly Result[], chosen: (row: Result) => boolean): Row[] =>
  rows
    .filter((row) => row.part === "errors" && chosen(row))
    .map((row) => ({ ...row, name: NAMES[row.algorithm as string]!, n: row.context }));

const SHARE = { column: "share", label: "risk over the label's variance", scale: "log", error: "shareError" } as const;

/** What is left below this is not drawn: a run has reached rounding long before. */
const visible = ({ share }: Row) => (share as number) > 1e-8;

export const figures: readonly Figure<Result>[] = [
  {
    id: "error-against-steps",
    title: "Newton needs tens of steps where gradient descent needs thousands",
    caption:
      "d = 20, no noise, isotropic. Newton's iteration from the code's start; gradient descent with the code's step, 0.01. " +
      "Shown down to 1e-8.",
    plot: (rows) =>
      riskCurve(
        series(
          rows,
          (row) =>
            row.inputs === "isotropic" &&
            [10, 20, 25, 40].includes(row.context as number) &&
            row.algorithm !== "newton-edge",
        ).filter(visible),
        {
          x: { column: "steps", label: "steps", scale: "log" },
          y: SHARE,
          names: [NEWTON, DESCENT],
          panel: "n",
        },
      ),
  },
  {
    id: "error-against-length",
    title: "The error of Newton's iteration against the length of the prompt comes down to least squares",
    caption:
      "d = 20, no noise, isotropic. Least squares of minimum norm in closed form: 1 - n / d, and 0 from n = d on.",
    plot: (rows) => {
      const steps = [5, 9, 13, 21];
      const newton = rows
        .filter(({ part, inputs, algorithm }) => part === "errors" && inputs === "isotropic" && algorithm === "newton")
        .filter((row) => steps.includes(row.steps as number))
        .map((row) => ({ ...row, name: `${row.steps} steps` }) as Row);
      const ols = rows
        .filter(
          ({ part, name, exact, inputs }) => part === "sampled" && name === "ols" && exact && inputs === "isotropic",
        )
        .map((row) => ({ ...row, name: "least squares" }) as Row);
      return riskCurve([...newton, ...ols], {
        x: { column: "context", label: "context pairs n" },
        y: { column: "share", label: "risk over the label's variance", error: "shareError" },
        names: ["least squares", ...steps.map((k) => `${k} steps`)],
      });
    },
  },
  {
    id: "ill-conditioned",
    title:
      "A condition number of 100 costs gradient descent more than Newton; the text's start never learns one direction",
    caption:
      "d = 20, n = 40, no noise. Ill-conditioned: half of the eigenvalues 100 times the others, in a random basis. Gradient " +
      "descent with step 0.01, and with 1 / l_max of each prompt where that diverges. Shown down to 1e-8.",
    plot: (rows) =>
      riskCurve(series(rows, (row) => row.context === 40).filter(visible), {
        x: { column: "steps", label: "steps", scale: "log" },
        y: SHARE,
        names: [NEWTON, DESCENT, EDGE],
        panel: "inputs",
      }),
  },
  {
    id: "similarity-map",
    title: "Newton's steps and gradient descent's on the paper's map: along the ridge nothing tells them apart",
    caption:
      "Similarity of errors along sequences of 40 pairs, d = 20; 64 sequences a seed. The ridge climbs an octave of gradient " +
      "steps every two steps of Newton.",
    plot: (rows) =>
      heatMap(
        rows
          .filter(({ part, newtonSteps }) => part === "similarity" && (newtonSteps as number) % 2 === 1)
          .map((row) => ({ ...row, octave: Math.log2(row.gradientSteps as number) }) as Row),
        {
          i: { column: "newtonSteps", label: "steps of Newton" },
          j: { column: "octave", label: "log2 of the steps of gradient descent" },
          value: { column: "similarity", label: "similarity of errors" },
        },
      ),
  },
  {
    id: "stack-on-the-map",
    title: "A trained stack of linear layers on the same map: it lies on neither line",
    caption:
      "d = 5, n = 20: similarity of errors on 40 prompts. Newton's columns count steps, gradient descent's octaves of steps " +
      "of size 1 / l_max. Layers are polynomials of alternating sign, both methods of one sign.",
    plot: (rows) =>
      heatMap(
        rows
          .filter(({ part, octave }) => part === "map" && (octave as number) >= 1 && (octave as number) <= 10)
          .map((row) => ({ ...row, method: NAMES[row.algorithm as string]! }) as Row),
        {
          i: { column: "depth", label: "layers" },
          j: { column: "octave", label: "steps of Newton, or log2 of gradient descent's" },
          value: { column: "similarity", label: "similarity of errors" },
          panel: "method",
        },
      ),
  },
  {
    id: "stack-by-risk",
    title: "By its risk a layer more is three steps of Newton, or three times the steps of gradient descent",
    caption:
      "Stacks of linear attention, d = 5, n = 20; the fewest steps that reach the trained stack's risk. Drawn lines are 3^L and 2 log2(3^L).",
    plot: (rows) => {
      const places = rows.filter(({ part }) => part === "place");
      const measured = places.flatMap((row) => [
        { ...row, name: DESCENT, stepsOfRisk: row.gradientStepsOfRisk! },
        { ...row, name: NEWTON, stepsOfRisk: row.newtonStepsOfRisk! },
      ]);
      const depths = [...new Set(places.map(({ depth }) => depth as number))];
      const lines = depths.flatMap((depth) => [
        { name: DESCENT, exact: true, depth, stepsOfRisk: 3 ** depth },
        { name: NEWTON, exact: true, depth, stepsOfRisk: 2 * depth * Math.log2(3) },
      ]);
      return riskCurve([...measured, ...lines] as Row[], {
        x: { column: "depth", label: "layers L" },
        y: { column: "stepsOfRisk", label: "steps", scale: "log" },
        names: [DESCENT, NEWTON],
      });
    },
  },
];
