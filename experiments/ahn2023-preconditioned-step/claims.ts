import { add, constant, subtract } from "../../src/claims/dual.js";
import { equivalence } from "../../src/claims/equivalence.js";
import { inEverySeed } from "../../src/claims/in-every.js";
import { inequality } from "../../src/claims/inequality.js";
import type { Claim } from "../../src/types.js";
import type { Result } from "./measure.js";
import { stackClaims } from "./stack-claims.js";

const paper = "Ahn, Cheng, Daneshmand, Sra 2023";

const BY = ["inputs", "tasks", "context"];
const trained = (rows: readonly Result[]) => rows.filter((row) => row.part === "trained");
const isotropic = (rows: readonly Result[]) => trained(rows).filter(({ inputs }) => inputs === "isotropic");

const changed = (rows: readonly Result[], change: (row: Result) => Partial<Result>): readonly Result[] =>
  rows.map((row) => (row.name === "lsa" && !row.exact ? ({ ...row, ...change(row) } as Result) : row));

export const claims: readonly Claim<Result>[] = [
  {
    id: "trained-layer-is-the-optimum",
    says: "In every seed the trained layer's risk is the closed-form minimum's on the same prompts, within 1 %.",
    source: { paper, where: "Theorem 1" },
    expected: "holds",
    judge(rows) {
      const judge = equivalence(
        (cell) => cell!.risk("lsa"),
        (cell) => cell!.risk("lsa-optimum"),
        { relative: 0.01 },
      );
      return inEverySeed(trained(rows), BY, judge);
    },
    refuted: (rows) => changed(rows, ({ risk }) => ({ risk: risk! * 1.05 })),
  },
  {
    id: "weights-are-the-preconditioner",
    says: "In every seed the trained weights are the predicted preconditioner up to gauge: relative distance below 5 %.",
    source: { paper, where: "Theorem 1" },
    expected: "holds",
    judge(rows) {
      const judge = inequality(
        (cell) => cell!.ofWeights("lsa", "weightDistance"),
        () => constant(0.05),
      );
      return inEverySeed(trained(rows), BY, judge);
    },
    refuted: (rows) => changed(rows, () => ({ weightDistance: 0.2 })),
  },
  {
    id: "better-than-any-scalar-step",
    says: "With anisotropic inputs and isotropic tasks the trained layer beats the best plain gradient step.",
    source: { paper, where: "Theorem 1" },
    expected: "holds",
    judge(rows) {
      const chosen = trained(rows).filter(({ inputs, tasks }) => inputs !== "isotropic" && tasks === "identity");
      const judge = inequality(
        (cell) => cell!.risk("lsa"),
        (cell) => cell!.risk("gradient-step"),
        { strict: true },
      );
      return inEverySeed(chosen, BY, judge);
    },
    refuted: (rows) => changed(rows, ({ risk }) => ({ risk: risk! * 1.5 })),
  },
  {
    id: "level-of-theory",
    says: "In every seed the trained layer's risk is 15/13 = 1.1538 for isotropic inputs, within 1 %.",
    source: { paper, where: "Theorem 1" },
    expected: "holds",
    judge(rows) {
      // The optimum's own sampling error, known as its risk is, is taken off: it shares the layer's prompts.
      const judge = equivalence(
        (cell) => add(cell!.risk("lsa"), subtract(cell!.exact("lsa-optimum"), cell!.risk("lsa-optimum"))),
        () => constant(15 / 13),
        { relative: 0.01 },
      );
      return inEverySeed(isotropic(rows), BY, judge);
    },
    refuted: (rows) => changed(rows, ({ risk }) => ({ risk: risk! + 0.05 })),
  },
  {
    id: "whitening-preconditioner",
    says: "With tasks of the inverse covariance the weights are a multiple of that inverse: Dist(S^1/2 A S^1/2, I) < 5 %.",
    source: { paper, where: "Figure 1" },
    expected: "holds",
    judge(rows) {
      const judge = inequality(
        (cell) => cell!.ofWeights("lsa", "whitenedDistanceFromIdentity"),
        () => constant(0.05),
      );
      const chosen = trained(rows).filter(({ tasks }) => tasks === "inverse");
      return inEverySeed(chosen, BY, judge);
    },
    refuted: (rows) => changed(rows, () => ({ whitenedDistanceFromIdentity: 0.2 })),
  },
  {
    id: "far-from-newton",
    says: "One linear-attention layer is a first-order method: nine Newton steps have a lower risk.",
    source: { paper, where: "Section 4" },
    expected: "holds",
    judge(rows) {
      const judge = inequality(
        (cell) => cell!.risk("newton-9"),
        (cell) => cell!.risk("lsa"),
        { strict: true },
      );
      return inEverySeed(isotropic(rows), BY, judge);
    },
    refuted: (rows) =>
      rows.map((row) => (row.name === "newton-9" ? ({ ...row, risk: row.risk! * 1e5 } as Result) : row)),
  },
  ...stackClaims,
];
