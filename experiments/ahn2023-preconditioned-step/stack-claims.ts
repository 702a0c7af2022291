import { abs, constant, type Dual, divide, max, multiply, subtract } from "../../src/claims/dual.js";
import { equivalence } from "../../src/claims/equivalence.js";
import { inEverySeed } from "../../src/claims/in-every.js";
import { inequality } from "../../src/claims/inequality.js";
import type { Reading } from "../../src/claims/reading.js";
import type { Claim } from "../../src/types.js";
import type { Result } from "./measure.js";

const paper = "Ahn, Cheng, Daneshmand, Sra 2023";

const BY = ["form", "inputs", "tasks", "depth", "context"];

/** Figure 2 prints the sizes of three steps, Figure 4 the two curvatures that reach a prediction. */
const PRINTED = { sizes: [0.43, 0.69, 1.71], curvatures: [0.9, 0.57] } as const;

const stacks = (rows: readonly Result[], form: string) =>
  rows.filter((row) => row.part === "stack" && row.form === form);
const ofFigures = (row: Result) => row.depth === 3 && row.context === 20;

const ofStack = (column: string) => (cell?: Reading) => cell!.ofWeights("stack", column);
const untied = (cell?: Reading) => cell!.risk(`untied-steps-${cell!.columns.depth}`);

/** |a / b - 1|. */
const away = (a: Dual, b: Dual) => abs(subtract(divide(a, b), constant(1)));

/** How far the curvatures that reach a prediction are from the printed ones. */
const printedCurvatures = inequality(
  (cell) =>
    max(
      ...PRINTED.curvatures.map((printed, l) => abs(subtract(ofStack(`curvature${l + 1}`)(cell), constant(printed)))),
    ),
  () => constant(0.03),
);

const changed = (rows: readonly Result[], change: (row: Result) => Partial<Result>): readonly Result[] =>
  rows.map((row) => (row.name === "stack" && row.part === "stack" ? ({ ...row, ...change(row) } as Result) : row));

export const stackClaims: readonly Claim<Result>[] = [
  {
    id: "layers-take-the-best-steps",
    says: "In every seed 2 to 4 layers that only take steps take those of least risk: each size is theory's within 5 %.",
    source: { paper, where: "Theorem 3" },
    expected: "holds",
    judge(rows) {
      const judge = inequality(
        (cell) => {
          const layers = Array.from({ length: cell!.columns.depth as number }, (_, l) => `size${l + 1}`);
          const theory = `untied-steps-${cell!.columns.depth}`;
          return max(...layers.map((size) => away(ofStack(size)(cell), cell!.ofWeights(theory, size))));
        },
        () => constant(0.05),
      );
      return inEverySeed(stacks(rows, "steps"), BY, judge);
    },
    refuted: (rows) => changed(rows, ({ size1 }) => ({ size1: (size1 as number) * 1.1 })),
  },
  {
    id: "stack-is-the-best-steps",
    says: "In every seed 2 and 3 layers that only take steps have the least risk of as many steps, within 10 %.",
    source: { paper, where: "Theorem 3" },
    expected: "holds",
    judge(rows) {
      // Sizes within 5 % leave the risk within 1 %, as it is flat there: the rest is room for rare prompts. With four layers
      // single prompts decide a sampled risk, and their sizes are judged instead.
      const judge = equivalence((cell) => cell!.risk("stack"), untied, { relative: 0.1 });
      const chosen = stacks(rows, "steps").filter(({ depth }) => (depth as number) <= 3);
      return inEverySeed(chosen, BY, judge);
    },
    refuted: (rows) => changed(rows, ({ risk }) => ({ risk: risk! * 1.3 })),
  },
  {
    id: "three-printed-sizes",
    says: "In every seed three layers take steps of the printed sizes 0.43, 0.69 and 1.71, each within 3 %.",
    source: { paper, where: "Figure 2" },
    expected: "holds",
    judge(rows) {
      const judge = inequality(
        (cell) => max(...PRINTED.sizes.map((size, i) => away(ofStack(`size${i + 1}`)(cell), constant(size)))),
        () => constant(0.03),
      );
      return inEverySeed(stacks(rows, "steps").filter(ofFigures), BY, judge);
    },
    refuted: (rows) => changed(rows, ({ size3 }) => ({ size3: (size3 as number) * 1.1 })),
  },
  {
    id: "every-layer-whitens",
    says: "With tasks of the inverse covariance every layer has Dist(S^1/2 A S^1/2, I) below 10 %, and Dist(A, I) above 50 %.",
    source: { paper, where: "Figure 1" },
    expected: "holds",
    judge(rows) {
      const judge = inequality(
        (cell) =>
          max(
            divide(ofStack("largestWhitenedDistance")(cell), constant(0.1)),
            divide(constant(0.5), ofStack("leastDistance")(cell)),
          ),
        () => constant(1),
      );
      const chosen = stacks(rows, "steps").filter(({ tasks }) => tasks === "inverse");
      return inEverySeed(chosen, BY, judge);
    },
    refuted: (rows) => changed(rows, () => ({ largestWhitenedDistance: 0.2 })),
  },
  {
    id: "curvature-beats-steps",
    says: "In every seed three layers that also change the inputs have below 10 % of the risk of the best three steps.",
    source: { paper, where: "Figure 3" },
    expected: "holds",
    judge(rows) {
      const judge = inequality(
        (cell) => cell!.risk("stack"),
        (cell) => multiply(constant(0.1), untied(cell)),
      );
      return inEverySeed(stacks(rows, "curved").filter(ofFigures), BY, judge);
    },
    refuted: (rows) => changed(rows, ({ form, risk }) => (form === "curved" ? { risk: risk! * 100 } : {})),
  },
  {
    id: "printed-curvatures",
    says: "In every seed B_0 and B_1 of three layers on 20 pairs are the printed 0.90 and 0.57 times the identity, within 0.03.",
    source: { paper, where: "Figure 4" },
    expected: "holds",
    judge: (rows) => inEverySeed(stacks(rows, "curved").filter(ofFigures), BY, printedCurvatures),
    refuted: (rows) => changed(rows, () => ({ curvature2: 0.3 })),
  },
  {
    id: "printed-curvatures-at-ten-pairs",
    says: "On the 10 pairs that the text names B_0 and B_1 are the printed multiples of the identity, within 0.03.",
    source: { paper, where: "Section 5.1" },
    expected: "refuted",
    judge(rows) {
      const named = stacks(rows, "curved").filter(({ context }) => context === 10);
      return inEverySeed(named, BY, printedCurvatures);
    },
    refuted: (rows) => changed(rows, () => ({ curvature1: 0.9, curvature2: 0.57 })),
  },
];
