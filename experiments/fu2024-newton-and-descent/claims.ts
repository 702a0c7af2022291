import type { Group } from "../../src/claims/cell.js";
import { constant, divide, max, multiply, subtract } from "../../src/claims/dual.js";
import { equivalence } from "../../src/claims/equivalence.js";
import type { Quantity } from "../../src/claims/estimate.js";
import { inEveryCell, inEveryCurve, inEverySeed } from "../../src/claims/in-every.js";
import { inequality, type Judge } from "../../src/claims/inequality.js";
import type { Reading } from "../../src/claims/reading.js";
import { logLogSlope } from "../../src/claims/slope.js";
import type { Claim } from "../../src/types.js";
import type { Result } from "./measure.js";

const paper = "Fu, Chen, Jia, Sharan 2024";

const BY = ["inputs", "features", "context", "depth"];
const part = (rows: readonly Result[], name: string) => rows.filter((row) => row.part === name);
const longest = (rows: readonly Result[], inputs: string) =>
  part(rows, "errors").filter((row) => row.inputs === inputs && row.context === 40);

const changed = (
  rows: readonly Result[],
  is: (row: Result) => boolean,
  change: (row: Result) => Partial<Result>,
): readonly Result[] => rows.map((row) => (is(row) ? ({ ...row, ...change(row) } as Result) : row));

/** A number that `match`, `place` and `identity` rows hold. */
const held = (name: string, column: string) => (cell: Reading) => cell.ofWeights(name, column);
const ofStack = (column: string) => held("stack", column);

/** Deeper stacks over the next shallower ones, pair by pair along a curve of depths. */
const layerByLayer = (judge: (deeper: Quantity, shallower: Quantity) => Judge, column: string): Judge => {
  const [of, at] = [
    ofStack(column),
    (i: number) =>
      (...cells: Reading[]) =>
        of(cells[i]!),
  ];
  return (group: Group) => {
    const findings = group.cells.slice(1).map((deeper, i) => {
      const label = `layers ${group.cells[i]!.columns.depth} to ${deeper.columns.depth}`;
      return judge(at(1), at(0))({ label, cells: [group.cells[i]!, deeper] });
    });
    return findings.reduce((a, b) => ((b.margin ?? -1) < (a.margin ?? -1) ? b : a));
  };
};

/** Newton's steps beside 2^k, so that the slope of logarithms is the gain of an octave a step. */
const slopeOverSteps: Quantity = (...cells) =>
  logLogSlope(
    cells.map((cell) => {
      const k = cell.columns.newtonSteps as number;
      return { x: constant(2 ** k), y: held(`newton-${k}`, "gradientSteps")(cell) };
    }),
  );

/** Least-squares slope of a stack's number against its depth. */
const slopeOverDepth: Quantity = (...cells) => {
  const depths = cells.map((cell) => cell.columns.depth as number);
  const centre = depths.reduce((a, b) => a + b, 0) / depths.length;
  const spread = depths.reduce((total, depth) => total + (depth - centre) ** 2, 0);
  const terms = cells.map((cell, i) =>
    multiply(constant((depths[i]! - centre) / spread), ofStack("newtonStepsOfRisk")(cell)),
  );
  return subtract(
    terms.reduce((a, b) => subtract(a, multiply(constant(-1), b))),
    constant(0),
  );
};

export const claims: readonly Claim<Result>[] = [
  {
    id: "newton-is-descent-on-the-square",
    says: "Run as a recursion on matrices Newton's iteration answers as the polynomial (1 - alpha l^2)^(2^k) says, to 1e-9.",
    source: { paper, where: "Section 3" },
    expected: "holds",
    judge(rows) {
      // Rounding doubles with every step at worst: 2^21 eps = 5e-10 of the label.
      const judge: Judge = (group) => {
        const name = group.cells[0]!.rows[0]!.name;
        return inequality(
          (cell) => held(name, "gap")(cell!),
          () => constant(1e-9),
        )(group);
      };
      return inEveryCell(part(rows, "identity"), [...BY, "name"], judge);
    },
    refuted: (rows) =>
      changed(
        rows,
        ({ name }) => name === "newton-5",
        () => ({ gap: 0.1 }),
      ),
  },
  {
    id: "text-start-reaches-least-squares",
    says: "From the text's start, alpha = 2 / ||S S^T||_2, 21 Newton steps have a risk below 1 % of the label's variance.",
    source: { paper, where: "Section 3" },
    expected: "refuted",
    judge(rows) {
      const judge = inequality(
        (cell) => cell!.risk("newton-edge-21"),
        (cell) => multiply(constant(0.01), constant(cell!.columns.features as number)),
      );
      return inEveryCell(longest(rows, "isotropic"), BY, judge);
    },
    refuted: (rows) =>
      changed(
        rows,
        ({ name }) => name === "newton-edge-21",
        () => ({ risk: 1e-9 }),
      ),
  },
  {
    id: "text-start-loses-one-direction",
    says: "From the text's start one direction of d is never learned: the risk ends at 1 of d within 2 %.",
    source: { paper, where: "Section 3" },
    expected: "holds",
    judge(rows) {
      const judge = equivalence(
        (cell) => cell!.risk("newton-edge-21"),
        () => constant(1),
        { relative: 0.02 },
      );
      return inEveryCell(longest(rows, "isotropic"), BY, judge);
    },
    refuted: (rows) =>
      changed(
        rows,
        ({ name }) => name === "newton-edge-21",
        () => ({ risk: 2 }),
      ),
  },
  {
    id: "steps-grow-exponentially",
    says: "The gradient steps most similar to k Newton steps grow as 2^(k/2): the exponent is within 0.1 of 1/2.",
    source: { paper, where: "Figure 3" },
    expected: "holds",
    judge(rows) {
      const judge = equivalence(slopeOverSteps, () => constant(0.5), { absolute: 0.1 });
      return inEveryCurve(part(rows, "match"), [...BY, "newtonSteps"], "newtonSteps", judge);
    },
    refuted: (rows) =>
      changed(
        rows,
        ({ part }) => part === "match",
        ({ newtonSteps }) => ({ gradientSteps: (newtonSteps as number) * 10 }),
      ),
  },
  {
    id: "map-cannot-tell-them-apart",
    says: "For every number of Newton steps some number of gradient steps has a similarity of 0.97 or more, in every seed.",
    source: { paper, where: "Figure 3" },
    expected: "holds",
    judge(rows) {
      const judge: Judge = (group) => {
        const name = group.cells[0]!.rows[0]!.name;
        return inequality(
          () => constant(0.97),
          (cell) => held(name, "similarity")(cell!),
        )(group);
      };
      return inEverySeed(part(rows, "match"), [...BY, "newtonSteps"], judge);
    },
    refuted: (rows) =>
      changed(
        rows,
        ({ part, newtonSteps }) => part === "match" && newtonSteps === 3,
        () => ({ similarity: 0.9 }),
      ),
  },
  {
    id: "newton-in-ill-conditioned",
    says: "With condition number 100, 21 Newton steps have a lower risk than 1,024 gradient steps of size 1 / l_max.",
    source: { paper, where: "Figure 4" },
    expected: "holds",
    judge(rows) {
      const judge = inequality(
        (cell) => cell!.risk("newton-21"),
        (cell) => cell!.risk("gradient-descent-1024"),
        { strict: true },
      );
      return inEveryCell(longest(rows, "ill-conditioned"), BY, judge);
    },
    refuted: (rows) =>
      changed(
        rows,
        ({ name }) => name === "newton-21",
        ({ risk }) => ({ risk: risk! * 10 }),
      ),
  },
  {
    id: "conditioning-costs-descent-more",
    says: "Ill-conditioned inputs leave 128 gradient steps with 300 times the risk or more, and 9 Newton steps with less.",
    source: { paper, where: "Section 4.3" },
    expected: "holds",
    judge(rows) {
      const at =
        (inputs: number, name: string) =>
        (...cells: Reading[]) =>
          cells[inputs]!.risk(name);
      const judge = inequality(
        (...cells) =>
          max(
            divide(
              constant(300),
              divide(at(1, "gradient-descent-128")(...cells), at(0, "gradient-descent-128")(...cells)),
            ),
            divide(at(1, "newton-9")(...cells), at(0, "newton-9")(...cells)),
          ),
        () => constant(1),
      );
      const both = [...longest(rows, "isotropic"), ...longest(rows, "ill-conditioned")];
      return inEveryCurve(both, BY, "inputs", judge);
    },
    refuted: (rows) =>
      changed(
        rows,
        ({ name, inputs }) => name === "newton-9" && inputs === "ill-conditioned",
        ({ risk }) => ({ risk: risk! * 5 }),
      ),
  },
  {
    id: "layers-multiply-gradient-steps",
    says: "Each further layer of a trained stack at least doubles the gradient steps that reach its risk, in the mean of seeds.",
    source: { paper, where: "Figure 3" },
    expected: "holds",
    judge(rows) {
      const judge = layerByLayer(
        (deeper, shallower) => inequality((...cells) => multiply(constant(2), shallower(...cells)), deeper),
        "gradientStepsOfRisk",
      );
      return inEveryCurve(part(rows, "place"), BY, "depth", judge);
    },
    refuted: (rows) =>
      changed(
        rows,
        ({ part }) => part === "place",
        ({ depth }) => ({ gradientStepsOfRisk: 3 * (depth as number) }),
      ),
  },
  {
    id: "three-newton-steps-a-layer",
    says: "By its risk a further layer of a trained stack is worth three Newton steps, within 1, as of the paper's transformer.",
    source: { paper, where: "Figure 3" },
    expected: "holds",
    judge(rows) {
      const judge = equivalence(slopeOverDepth, () => constant(3), { absolute: 1 });
      return inEveryCurve(part(rows, "place"), BY, "depth", judge);
    },
    refuted: (rows) =>
      changed(
        rows,
        ({ part }) => part === "place",
        ({ depth }) => ({ newtonStepsOfRisk: 8 * (depth as number) }),
      ),
  },
  {
    id: "stack-is-gd-plus-plus",
    says: "In every seed a stack's errors are more similar to those of GD++ of its depth than to any steps of either method.",
    source: { paper, where: "Figure 3" },
    expected: "holds",
    judge(rows) {
      const judge = inequality(
        (cell) => max(ofStack("newtonSimilarity")(cell!), ofStack("gradientSimilarity")(cell!)),
        (cell) => ofStack("gdPlusPlusSimilarity")(cell!),
        { strict: true },
      );
      return inEverySeed(part(rows, "place"), BY, judge);
    },
    refuted: (rows) =>
      changed(
        rows,
        ({ part }) => part === "place",
        () => ({ gdPlusPlusSimilarity: 0.01 }),
      ),
  },
  {
    id: "stack-is-newton",
    says: "A trained stack of two or more linear layers is as similar to some Newton step as the paper's transformer, 0.99.",
    source: { paper, where: "Figure 3" },
    expected: "refuted",
    judge(rows) {
      const judge = inequality(
        () => constant(0.99),
        (cell) => ofStack("newtonSimilarity")(cell!),
      );
      const deep = part(rows, "place").filter(({ depth }) => (depth as number) >= 2);
      return inEverySeed(deep, BY, judge);
    },
    refuted: (rows) =>
      changed(
        rows,
        ({ part }) => part === "place",
        () => ({ newtonSimilarity: 0.995 }),
      ),
  },
];
