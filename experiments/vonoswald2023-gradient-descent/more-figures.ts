import { named } from "../../src/figures/named.js";
import { riskCurve } from "../../src/figures/risk-curve.js";
import type { Figure, Row } from "../../src/types.js";
import type { Result } from "./measure.js";

const LOSS = "loss: half the mean squared error (label units²)";
const loss = { column: "loss", label: LOSS, scale: "log", error: "lossError" } as const;

const ofPart = (rows: readonly Result[], part: string) => rows.filter((row) => row.part === part);

const [STEPS, MORE, DESCENT, CURVED] = ["trained steps", "trained, moving inputs", "gradient descent", "GD++"];

/** Algorithms are measured beside every form of a stack: they are shown once, beside the one that is theirs. */
function stacks(rows: readonly Result[]): Row[] {
  return ofPart(rows, "stack").flatMap((row) => {
    const isFull = row.form !== "steps";
    const isDescent = row.name.startsWith("gradient-descent");
    if (row.exact || (row.kind !== "model" && row.depth !== 1 && isFull === isDescent)) return [];
    const name = row.kind === "model" ? (isFull ? MORE! : STEPS!) : isDescent ? DESCENT! : CURVED!;
    return [{ ...row, name, layers: row.tied ? "looped" : "untied" }];
  });
}

const isPairs = (row: Result) => row.part === "family" && row.family === "pairs" && row.form === "full";

/** At the training length sums and means are one. */
const atTraining = (rows: readonly Result[]): Row[] =>
  ofPart(rows, "stack")
    .filter((row) => row.form === "full" && row.tied === true && !row.exact)
    .flatMap((row) => {
      const at = { ...row, shift: row.context };
      return row.name === "stack" ? [at, { ...at, name: "stack of sums" }] : [at];
    });

const LENGTHS = {
  "gradient-descent-1": "the algorithm",
  "gd-plus-plus-2": "the algorithm",
  stack: "trained, mean over pairs",
  "stack of sums": "trained, sum over pairs",
};

const GAMMAS = { 10: 0.179, 25: 0.099, 50: 0.056, 100: 0.029 };

export const moreFigures: readonly Figure<Result>[] = [
  {
    id: "loss-against-layers",
    title: "Layers of steps are gradient descent; layers that move inputs go below it",
    caption: "d = 10, n = 10, inputs uniform on [-1/2, 1/2]. Untied GD++ of five layers is not searched.",
    plot: (rows) =>
      riskCurve(stacks(rows), {
        x: { column: "depth", label: "layers" },
        y: loss,
        names: [DESCENT!, STEPS!, CURVED!, MORE!],
        panel: "layers",
      }),
  },
  {
    id: "gamma-against-context",
    title: "The printed gammas are those of least loss",
    caption: "Two looped layers, d = 10. Printed ones are from Appendix A.10, the trained one is at ten pairs.",
    plot: (rows) => {
      const best = named(ofPart(rows, "curvature"), { "gd-plus-plus-2": "GD++ of least loss" });
      const trained = ofPart(rows, "stack").filter(
        (row) => row.form === "full" && row.depth === 2 && row.tied === true,
      );
      const printed = Object.entries(GAMMAS).map(([context, gamma]) => ({
        ...{ name: "printed", exact: false, seed: 0, context: Number(context), gamma },
      }));
      const known = (row: Row) => typeof row.gamma === "number";
      const all = [...(best.length > 0 ? printed : []), ...best, ...named(trained, { stack: "trained" })];
      return riskCurve(all.filter(known) as Row[], {
        x: { column: "context", label: "context pairs n", scale: "log" },
        y: { column: "gamma", label: "gamma", scale: "log" },
        names: ["printed", "GD++ of least loss", "trained"],
      });
    },
  },
  {
    id: "interpolation",
    title: "Between trained and constructed weights the loss stays where it is",
    caption: "All weights trained, d = 10, n = 10; products are mixed in one gauge. 1 is the construction.",
    plot: (rows) => {
      const shown = ofPart(rows, "interpolation").map((row) => {
        const name =
          row.kind === "model" ? "mixture" : row.name.startsWith("gd") || row.depth === 1 ? "algorithm" : "descent";
        return { ...row, name, stack: row.depth === 1 ? "one layer" : row.tied ? "two looped" : "two untied" };
      });
      return riskCurve(shown as Row[], {
        x: { column: "share", label: "share of the constructed weights" },
        y: { column: "loss", label: LOSS, error: "lossError" },
        names: ["algorithm", "mixture"],
        panel: "stack",
      });
    },
  },
  {
    id: "loss-against-length",
    title: "Means over pairs carry to other lengths, sums do not",
    caption:
      "Trained at ten pairs, d = 10; looped layers of which all is trained, and the algorithm with its constants.",
    plot: (rows) => {
      const shown = named([...rows.filter(isPairs), ...(atTraining(rows) as Result[])], LENGTHS);
      return riskCurve(shown as Row[], {
        x: { column: "shift", label: "context pairs at test", scale: "log" },
        y: loss,
        names: ["the algorithm", "trained, mean over pairs", "trained, sum over pairs"],
        panel: "depth",
      });
    },
  },
  {
    id: "softmax-heads",
    title: "One softmax head is no gradient step; two of opposite signs are one on centred inputs",
    caption:
      "One layer, d = 10, n = 10, inputs uniform on [-1/2, 1/2]. In one of five seeds two heads end with one sign.",
    plot: (rows) => {
      const shown = ofPart(rows, "softmax").map((row) => {
        const sign = (row.unbalanced as number) < 0.5 ? "trained, opposite signs" : "trained, one sign";
        return { ...row, name: row.name === "softmax" ? sign : row.name };
      });
      const names = { "gradient-step": "gradient step", "centred-step": "step on centred inputs" };
      return riskCurve(named(shown as Row[], names), {
        x: { column: "heads", label: "heads" },
        y: { column: "loss", label: LOSS, error: "lossError" },
        names: ["gradient step", "step on centred inputs", "trained, opposite signs", "trained, one sign"],
      });
    },
  },
  {
    id: "fixed-sets",
    title: "A fixed set is fitted by least squares, and from 2,048 prompts on that is the step",
    caption:
      "One layer trained on as many prompts, d = 10, n = 10, measured on them (training) and on fresh ones (test).",
    plot: (rows) =>
      riskCurve(
        named(ofPart(rows, "fixed-set"), {
          layer: "trained layer",
          "gradient-step": "gradient step",
          "fitted-step": "step fitted to the set",
        }),
        {
          x: { column: "set", label: "prompts in the set", scale: "log" },
          y: loss,
          names: ["gradient step", "step fitted to the set", "trained layer"],
          panel: "seen",
        },
      ),
  },
];
