import { constant, multiply, subtract } from "../../src/claims/dual.js";
import { equivalence } from "../../src/claims/equivalence.js";
import { inEveryCell, inEveryCurve, inEverySeed } from "../../src/claims/in-every.js";
import { inequality } from "../../src/claims/inequality.js";
import type { Reading } from "../../src/claims/reading.js";
import type { Claim } from "../../src/types.js";
import { LENGTH, SERIES } from "./cells.js";
import type { Result } from "./measure.js";

const paper = "Zeng, Chen, Zhang, Xu 2023";

const fitted = (rows: readonly Result[]) => rows.filter(({ part }) => part === "fitted");
const shifted = (rows: readonly Result[]) => rows.filter(({ part }) => part === "shifted");
const scaled = (rows: readonly Result[], name: string, factor: number): readonly Result[] =>
  rows.map((row) => (row.name === name ? { ...row, risk: row.risk! * factor } : row));
/** Windows of the order and more. */
const atOrder = ({ series, window }: Result) => (window as number) >= SERIES[series as string]!.length;

export const claims: readonly Claim<Result>[] = [
  {
    id: "dlinear-is-linear",
    says: "Fitted to the same stretch of a series DLinear is Linear: in every seed and at every window their exact risks agree to 1e-9.",
    source: { paper, where: "Section 4" },
    expected: "holds",
    judge(rows) {
      const judge = equivalence(
        (cell) => cell!.ofWeights("dlinear", "risk"),
        (cell) => cell!.ofWeights("linear", "risk"),
        { relative: 1e-9 },
      );
      return inEverySeed(fitted(rows), ["series", "window"], judge);
    },
    refuted: (rows) => scaled(rows, "dlinear", 1 + 1e-7),
  },
  {
    id: "windows-end-at-the-order",
    says: "The best linear risk falls to the noise at the window of the order, and longer windows leave it there.",
    source: { paper, where: "Section 5" },
    expected: "holds",
    judge(rows) {
      const judge = equivalence(
        (cell) => cell!.exact("best-linear"),
        () => constant(1),
        { relative: 1e-9 },
      );
      return inEveryCell(fitted(rows).filter(atOrder), ["series", "window"], judge);
    },
    refuted: (rows) => scaled(rows, "best-linear", 1.001),
  },
  {
    id: "windows-cost-their-weights",
    says: "A fitted map pays for every weight, 1 / 800 of the noise each to first order: over the stretches a window of 32 has a larger risk than one of 4 by more than a third of 28 / 800.",
    source: { paper, where: "Section 5" },
    expected: "holds",
    judge(rows) {
      const at = (cells: readonly Reading[], window: number) =>
        cells.find(({ columns }) => columns.window === window)!.ofWeights("linear", "risk");
      const judge = inequality(
        () => constant(28 / LENGTH / 3),
        (...cells) => subtract(at(cells, 32), at(cells, 4)),
      );
      const two = fitted(rows).filter(({ window }) => window === 4 || window === 32);
      return inEveryCurve(two, ["series", "window"], "window", judge);
    },
    refuted: (rows) =>
      rows.map((row) => (row.name === "linear" && row.window === 32 ? { ...row, risk: row.risk! - 0.05 } : row)),
  },
  {
    id: "price-of-nlinear",
    says: "NLinear at its best has the risk of the closed form, (1 - 1'w)^2 / (1' G^-1 1) above Linear's, on common prompts within 10 %.",
    source: { paper, where: "Section 4" },
    expected: "holds",
    judge(rows) {
      const judge = equivalence(
        (cell) => cell!.risk("nlinear"),
        (cell) => cell!.exact("nlinear"),
        { relative: 0.1 },
      );
      return inEverySeed(
        shifted(rows).filter(({ factor }) => factor === 0),
        ["series", "factor"],
        judge,
      );
    },
    refuted: (rows) => scaled(rows, "nlinear", 1).map((row) => (row.exact ? { ...row, risk: row.risk! * 1.3 } : row)),
  },
  {
    id: "nlinear-always-pays-at-home",
    says: "Without a shift of level NLinear is strictly above Linear, for every series.",
    source: { paper, where: "Section 4" },
    expected: "holds",
    judge(rows) {
      const judge = inequality(
        (cell) => cell!.exact("best-linear"),
        (cell) => cell!.exact("best-nlinear"),
        { strict: true },
      );
      return inEveryCell(fitted(rows), ["series", "window"], judge);
    },
    refuted: (rows) => scaled(rows, "best-nlinear", 0.5),
  },
  {
    id: "shifts-pay-beyond-the-mean-s-error",
    says: "NLinear is better than Linear exactly where the level has moved by more than the standard error of the window's best mean.",
    source: { paper, where: "Section 4" },
    expected: "holds",
    judge(rows) {
      // One side of the break-even for each cell: the sign of the shift less the break-even times the difference.
      const judge = inequality(
        (cell) => {
          const { factor, breakEven } = cell!.columns as { factor: number; breakEven: number };
          return multiply(
            constant(Math.sign(factor - breakEven)),
            subtract(cell!.exact("nlinear"), cell!.exact("linear")),
          );
        },
        () => constant(0),
        { strict: true },
      );
      return inEveryCell(shifted(rows), ["series", "factor", "breakEven"], judge);
    },
    refuted: (rows) => rows.map((row) => ({ ...row, breakEven: (row.breakEven as number) > 1 ? 0.1 : 3 })),
  },
  {
    id: "nlinear-is-better-on-series",
    says: "NLinear forecasts a series at least as well as Linear, whether its level has moved or not.",
    source: { paper, where: "Section 4" },
    expected: "refuted",
    judge(rows) {
      const judge = inequality(
        (cell) => cell!.risk("nlinear"),
        (cell) => cell!.risk("linear"),
      );
      return inEverySeed(shifted(rows), ["series", "factor"], judge);
    },
    refuted: (rows) => scaled(rows, "nlinear", 0.5),
  },
];
