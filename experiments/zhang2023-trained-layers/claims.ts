import { along, cellsOf } from "../../src/claims/cell.js";
import { constant } from "../../src/claims/dual.js";
import { equivalence } from "../../src/claims/equivalence.js";
import { inEveryCell, inEverySeed } from "../../src/claims/in-every.js";
import { inequality, type Judge } from "../../src/claims/inequality.js";
import { verdictOf } from "../../src/claims/verdict.js";
import type { Claim } from "../../src/types.js";
import type { Result } from "./measure.js";

const paper = "Zhang, Frei, Bartlett 2024";

const part = (rows: readonly Result[], name: string) => rows.filter((row) => row.part === name);
const BY = ["inputs", "context"];

const changed = (rows: readonly Result[], name: string, change: (row: Result) => Partial<Result>): readonly Result[] =>
  rows.map((row) => (row.name === name ? ({ ...row, ...change(row) } as Result) : row));

/** Multiplies a name's measured risks; rows without one stay as they are. */
const scaled = (rows: readonly Result[], name: string, factor: number) =>
  changed(rows, name, ({ risk }) => ({ risk: risk === null ? null : risk * factor }));

/** Between these times the flow moves from the plateau to the end: the claim is about the way, not about its ends. */
const onTheWay = ({ time }: Result) => (time as number) >= 0.5 && (time as number) <= 2;

/** The last row of each curve over time. */
const ends = (rows: readonly Result[]) =>
  rows.filter(({ inputs, time }) =>
    rows.every((row) => row.inputs !== inputs || (row.time as number) <= (time as number)),
  );

/** Exact risk falls with every doubling of the test length: judged on neighbours of one curve. */
const falling: Judge = (group) => {
  const [shorter, longer] = group.cells;
  return inequality(
    (...cells) => cells[1]!.exact("lsa-optimum"),
    (...cells) => cells[0]!.exact("lsa-optimum"),
    { strict: true },
  )({ label: `M from ${shorter!.columns.testContext} to ${longer!.columns.testContext}`, cells: group.cells });
};

export const claims: readonly Claim<Result>[] = [
  {
    id: "flow-has-a-closed-form",
    says: "In the isotropic case the population flow follows the logistic curve, to the accuracy of the ODE's solver.",
    source: { paper, where: "Lemma 5.2" },
    expected: "holds",
    judge(rows) {
      const flow = part(rows, "flow").filter(({ inputs }) => inputs === "isotropic");
      // The solver allows a relative error of 1e-10 a step; exponential growth from 0.0045 magnifies it to below 1e-7.
      const judge = equivalence(
        (cell) => cell!.exact("population-flow"),
        (cell) => cell!.exact("time-course"),
        { relative: 1e-7 },
      );
      return inEveryCell(flow, [...BY, "time"], judge);
    },
    refuted: (rows) => scaled(rows, "population-flow", 1.001),
  },
  {
    id: "flow-ends-at-the-minimum",
    says: "The flow ends at the global minimum, also for anisotropic inputs: loss within 0.01 % of the limit's.",
    source: { paper, where: "Theorem 4.1" },
    expected: "holds",
    judge(rows) {
      // The isotropic rows end at t = 3, where the logistic curve is still 2e-5 of the loss away.
      const judge = equivalence(
        (cell) => cell!.exact("population-flow"),
        (cell) => constant(2 * (cell!.columns.limitLoss as number)),
        { relative: 1e-4 },
      );
      return inEveryCell(ends(part(rows, "flow")), [...BY, "time", "limitLoss"], judge);
    },
    refuted: (rows) => scaled(rows, "population-flow", 1.01),
  },
  {
    id: "training-follows-the-flow",
    says: "In every seed small SGD steps take the preconditioner along the predicted time course, within 2 % of its end.",
    source: { paper, where: "Lemma 5.2" },
    expected: "holds",
    judge(rows) {
      // The end is 1/g = 0.769. Euler's steps, without noise, lag by up to 0.0014 here; the rest is room for SGD's noise.
      const judge = equivalence(
        (cell) => cell!.ofWeights("lsa", "product"),
        (cell) => constant(cell!.columns.predictedProduct as number),
        { absolute: 0.02 * 0.769 },
      );
      return inEverySeed(part(rows, "course").filter(onTheWay), [...BY, "time", "predictedProduct"], judge);
    },
    refuted: (rows) => changed(rows, "lsa", ({ product }) => ({ product: (product as number) + 0.1 })),
  },
  {
    id: "leaves-the-plateau-on-time",
    says:
      "In every seed the risk has fallen half of its way when the flow linearised at zero weights says so for this start, " +
      "within 10 %.",
    source: { paper, where: "Section 3.3" },
    expected: "holds",
    judge(rows) {
      // The theory is of infinitely small starts; predicted times of the seeds differ by up to half of the shortest.
      const judge = equivalence(
        (cell) => cell!.ofWeights("lsa", "leaves"),
        (cell) => cell!.ofWeights("lsa", "predictedLeaves"),
        { relative: 0.1 },
      );
      return inEverySeed(part(rows, "left"), BY, judge);
    },
    refuted: (rows) => changed(rows, "lsa", ({ leaves }) => ({ leaves: (leaves as number) * 1.2 })),
  },
  {
    id: "trained-to-the-optimum",
    says: "In every seed the trained layer's risk is the minimum's on the same prompts, within 1 %.",
    source: { paper, where: "Theorem 4.1" },
    expected: "holds",
    judge(rows) {
      const judge = equivalence(
        (cell) => cell!.risk("lsa"),
        (cell) => cell!.risk("lsa-optimum"),
        { relative: 0.01 },
      );
      return inEverySeed(
        part(rows, "shift").filter(({ factor }) => factor === 1),
        BY,
        judge,
      );
    },
    refuted: (rows) => scaled(rows, "lsa", 1.05),
  },
  {
    id: "risk-at-other-lengths",
    says: "In every seed and at every test length M the trained layer's risk is that of the optimum for N, within 3 %.",
    source: { paper, where: "Theorem 4.2" },
    expected: "holds",
    judge(rows) {
      const judge = equivalence(
        (cell) => cell!.risk("lsa"),
        (cell) => cell!.risk("lsa-optimum"),
        { relative: 0.03 },
      );
      return inEverySeed(part(rows, "length"), [...BY, "testContext"], judge);
    },
    refuted: (rows) => scaled(rows, "lsa", 1.1),
  },
  {
    id: "longer-prompts-help",
    says: "Longer test prompts lower the exact risk at every doubling, down to the floor that training at finite N leaves.",
    source: { paper, where: "Theorem 4.2" },
    expected: "holds",
    judge(rows) {
      const exact = part(rows, "length").filter((row) => row.exact && row.name === "lsa-optimum");
      const curves = along(cellsOf(exact, [...BY, "testContext"]), "testContext");
      const steps = curves.flatMap(({ label, cells }) =>
        cells.slice(1).map((longer, i) => ({ label, cells: [cells[i]!, longer] })),
      );
      return verdictOf(steps.map(falling));
    },
    refuted: (rows) =>
      rows.map((row) => (row.exact && row.testContext === 320 ? ({ ...row, risk: 100 } as Result) : row)),
  },
  {
    id: "brittle-to-covariate-shift",
    says: "In every seed inputs scaled by 2 or more make the trained layer worse than predicting 0: it answers c^2 times.",
    source: { paper, where: "Section 4" },
    expected: "holds",
    judge(rows) {
      const judge = inequality(
        (cell) => cell!.risk("zero"),
        (cell) => cell!.risk("lsa"),
        { strict: true },
      );
      const shifted = part(rows, "shift").filter(({ factor }) => (factor as number) >= 2);
      return inEverySeed(shifted, [...BY, "factor"], judge);
    },
    refuted: (rows) => scaled(rows, "lsa", 1e-3),
  },
];
