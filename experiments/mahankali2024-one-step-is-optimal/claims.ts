import { constant, subtract } from "../../src/claims/dual.js";
import { equivalence } from "../../src/claims/equivalence.js";
import { inEveryCell, inEverySeed } from "../../src/claims/in-every.js";
import { inequality } from "../../src/claims/inequality.js";
import type { Claim } from "../../src/types.js";
import type { Result } from "./measure.js";

const paper = "Mahankali, Hashimoto, Ma 2024";

const BY = ["setting", "noise", "context"];
const trained = (rows: readonly Result[], ...settings: string[]) =>
  rows.filter((row) => row.part === "trained" && settings.includes(String(row.setting)));

const changed = (rows: readonly Result[], change: (row: Result) => Partial<Result>): readonly Result[] =>
  rows.map((row) =>
    row.part === "trained" && row.name === "lsa" && row.risk !== null ? ({ ...row, ...change(row) } as Result) : row,
  );

/** The step over the theorem's, within a part of it. */
const isTheStep = (relative: number) =>
  equivalence(
    (cell) => cell!.ofWeights("lsa", "relativeEta"),
    () => constant(1),
    { relative },
  );

/** All weights within a part of the theorem's, up to gauge. */
const areTheWeights = (part: number) =>
  inequality(
    (cell) => cell!.ofWeights("lsa", "weightDistance"),
    () => constant(part),
  );

export const claims: readonly Claim<Result>[] = [
  {
    id: "trained-to-the-least-risk",
    says: "In every setting and seed the trained layer's risk is the least one's on the same prompts, within 1 %.",
    source: { paper, where: "Theorem 1" },
    expected: "holds",
    judge(rows) {
      const judge = equivalence(
        (cell) => cell!.risk("lsa"),
        (cell) => cell!.risk("lsa-optimum"),
        { relative: 0.01 },
      );
      return inEverySeed(trained(rows, "isotropic", "preconditioned", "relu", "cubic"), BY, judge);
    },
    refuted: (rows) => changed(rows, ({ risk }) => ({ risk: risk! * 1.05 })),
  },
  {
    id: "step-with-noise",
    says: "In every seed the layer's step is 1 / (n + d + 1 + s2) within 2 %, isotropic or preconditioned.",
    source: { paper, where: "Theorem 1" },
    expected: "holds",
    judge: (rows) => inEverySeed(trained(rows, "isotropic", "preconditioned"), BY, isTheStep(0.02)),
    // n / (n + d + 1) of it: the step that forgets to divide by more than n.
    refuted: (rows) => changed(rows, ({ relativeEta }) => ({ relativeEta: (relativeEta as number) * 1.3 })),
  },
  {
    id: "preconditioned-by-the-inverse",
    says: "With tasks of the inverse covariance the weights are one step preconditioned by that inverse, within 5 %.",
    source: { paper, where: "Theorem 2" },
    expected: "holds",
    judge: (rows) => inEverySeed(trained(rows, "preconditioned"), BY, areTheWeights(0.05)),
    refuted: (rows) => changed(rows, () => ({ weightDistance: 0.5 })),
  },
  {
    id: "better-than-a-plain-step",
    says: "With tasks of the inverse covariance the trained layer beats the best plain gradient step.",
    source: { paper, where: "Theorem 2" },
    expected: "holds",
    judge(rows) {
      const judge = inequality(
        (cell) => cell!.risk("lsa"),
        (cell) => cell!.risk("gradient-step"),
        { strict: true },
      );
      return inEverySeed(trained(rows, "preconditioned"), BY, judge);
    },
    refuted: (rows) => changed(rows, ({ risk }) => ({ risk: risk! * 3 })),
  },
  {
    id: "linear-step-on-nonlinear-targets",
    says: "Trained on a ReLU or a cubic neuron the weights are those of one step of linear regression, within 10 %.",
    source: { paper, where: "Theorem 3" },
    expected: "holds",
    // A distance of 10 % costs 1 % of what the layer explains: the risk is quadratic around its minimum.
    judge: (rows) => inEverySeed(trained(rows, "relu", "cubic"), BY, areTheWeights(0.1)),
    refuted: (rows) => changed(rows, () => ({ weightDistance: 0.3 })),
  },
  {
    id: "step-on-nonlinear-targets",
    says: "That step is E|b|^2 / ((n - 1) E|b|^2 + E[y^2 |x|^2]) with b = E x f(x), within 5 %, in every seed.",
    source: { paper, where: "Theorem 3" },
    expected: "holds",
    judge: (rows) => inEverySeed(trained(rows, "relu", "cubic"), BY, isTheStep(0.05)),
    // The linear target's step is 1.2 and 1.4 times the ReLU's and the cube's.
    refuted: (rows) => changed(rows, ({ relativeEta }) => ({ relativeEta: (relativeEta as number) * 1.2 })),
  },
  {
    id: "excess-is-distance-from-ridge",
    says: "What the layer loses to ridge, which is Bayes, is its mean squared distance from ridge's answers, within 10 %.",
    source: { paper, where: "Lemma 1" },
    expected: "holds",
    judge(rows) {
      // On 20,000 prompts the difference of the risks is known to 1.6 %, and to 0.8 % in the mean over five seeds.
      const judge = equivalence(
        (cell) => subtract(cell!.risk("lsa"), cell!.risk("ridge")),
        (cell) => cell!.ofWeights("lsa", "squaredDistanceFromRidge"),
        { relative: 0.1 },
      );
      const noisy = trained(rows, "isotropic", "preconditioned").filter(({ noise }) => (noise as number) > 0);
      return inEveryCell(noisy, BY, judge);
    },
    refuted: (rows) =>
      changed(rows, ({ squaredDistanceFromRidge }) => ({
        squaredDistanceFromRidge: (squaredDistanceFromRidge as number) * 1.2,
      })),
  },
];
