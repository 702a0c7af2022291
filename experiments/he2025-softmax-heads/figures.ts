import { heatMap } from "../../src/figures/heat-map.js";
import { riskCurve } from "../../src/figures/risk-curve.js";
import { trainingCurve } from "../../src/figures/training-curve.js";
import type { Figure, Row } from "../../src/types.js";
import type { Result } from "./measure.js";

const FULL = 20_000;

/** The last weights of the full scale's training, at every length; the published steps have seeds of the same numbers. */
const lengths = (rows: readonly Result[]): Row[] => {
  const names: Readonly<Record<string, string>> = {
    "gradient-step": "one gradient step",
    "debiased-gradient-step": "debiased step",
    "linear-over-n": "linear attention divided by 40",
    ridge: "ridge (Bayes)",
  };
  const label = ({ name, heads, signs }: Result) => {
    if (name !== "softmax") return names[name];
    if (heads === 1) return "one head";
    return signs === "both" ? `${heads === 2 ? "two" : "four"} heads of both signs` : "two heads of one sign";
  };
  const isFull = (steps: number) => steps >= 10_000 && steps <= FULL;
  return rows
    .filter(({ part, inputs, steps }) => part === "length" && inputs === "isotropic" && isFull(steps as number))
    .filter(
      ({ name, heads, exact, seed }) => name === "softmax" || exact || (name === "ridge" && heads === 2 && seed! < 5),
    )
    .flatMap((row) => (label(row) ? [{ ...row, name: label(row)! }] : []));
};

const [BOTH, ONE] = ["ends with both signs", "ends with one sign"];

/** The two heads of every layer along training, a line a head. */
const course = (rows: readonly Result[]): Row[] => {
  const chosen = rows.filter(({ inputs, heads, steps }) => inputs === "isotropic" && heads === 2 && steps === FULL);
  const signs = new Map(chosen.filter(({ part }) => part === "pattern").map(({ seed, signs }) => [seed, signs]));
  return chosen
    .filter(({ part }) => part === "head")
    .map((row) => ({
      ...row,
      name: signs.get(row.seed) === "both" ? BOTH : ONE,
      seed: 2 * row.seed! + (row.name === "head-1" ? 0 : 1),
    }));
};

export const figures: readonly Figure<Result>[] = [
  {
    id: "risk-against-length",
    title: "Heads of both signs are one debiased gradient step; heads of one sign are one head",
    caption:
      "Softmax attention trained at 40 pairs, d = 5, noise variance 0.1, the query's label noisy too. Steps and linear attention are " +
      "tuned at 40 pairs and in closed form.",
    plot: (rows) =>
      riskCurve(lengths(rows), {
        x: { column: "testContext", label: "context pairs at test", scale: "log" },
        y: { column: "risk", label: "risk: mean squared error (label units²)", scale: "log" },
        names: [
          "one gradient step",
          "debiased step",
          "linear attention divided by 40",
          "one head",
          "two heads of one sign",
          "two heads of both signs",
          "four heads of both signs",
          "ridge (Bayes)",
        ],
      }),
  },
  {
    id: "omega-over-training",
    title: "Two heads of opposite signs drift to small omega, two of one sign stay",
    caption: "Both heads of ten layers, n = 40. Heads of one sign at first may part: one of them changes its sign.",
    plot: (rows) =>
      trainingCurve(course(rows), {
        y: { column: "omega", label: "omega: mean diagonal entry of KQ" },
        names: [BOTH, ONE],
      }),
  },
  {
    id: "mu-over-training",
    title: "What a head adds grows as its omega shrinks",
    caption: "Both heads of the same ten layers.",
    plot: (rows) =>
      trainingCurve(course(rows), {
        y: { column: "mu", label: "mu: last entry of OV" },
        names: [BOTH, ONE],
      }),
  },
  {
    id: "mu-against-omega",
    title: "Training goes where the flow goes: along sum omega mu = constant, to ever smaller omega",
    caption:
      "Heads of the eight layers that end with both signs, from step 3,000 on, in sizes; the flow of the approximate loss from t = 100 " +
      "on. Dotted: 2 omega mu = 1 / (1 + (1 + s2) d / n).",
    plot: (rows) => {
      const trained = course(rows)
        .filter(({ name, step }) => name === BOTH && (step as number) >= 3000)
        .map((row) => ({ ...row, name: "trained heads" }));
      const flow: Row[] = part(rows)
        .filter(({ start, name, time }) => start === "opposite" && name === "head-1" && (time as number) >= 100)
        .map((row) => ({ ...row, name: "flow" }));
      const step = flow.map((row) => ({ ...row, name: "gradient step", mu: PRODUCT / (2 * (row.omega as number)) }));
      const sizes = [...flow, ...trained, ...step].map(
        (row: Row): Row => ({ ...row, omega: Math.abs(row.omega as number), mu: Math.abs(row.mu as number) }),
      );
      return riskCurve(sizes, {
        x: { column: "omega", label: "|omega|", scale: "log" },
        y: { column: "mu", label: "|mu|", scale: "log" },
        names: ["flow", "trained heads", "gradient step"],
      });
    },
  },
  {
    id: "omega-in-the-flow",
    title: "The flow of the approximate loss: opposite heads drift along the slow manifold, equal ones have an end",
    caption: "Two heads, d = 5, n = 40, noise variance 0.1; both heads' |omega|, which become equal at t = 10.",
    plot: (rows) => {
      const flow: Row[] = part(rows).map((row) => ({
        ...row,
        name: row.start === "opposite" ? "opposite signs" : "one sign",
        size: Math.abs(row.omega as number),
        seed: row.name === "head-1" ? 0 : 1,
        exact: false,
      }));
      const slow = part(rows)
        .filter(({ start, name, time }) => start === "opposite" && name === "head-1" && (time as number) >= 10)
        .map((row) => ({ ...row, name: "slow manifold", size: row.slowOmega! }));
      return trainingCurve([...flow, ...slow] as Row[], {
        x: { column: "time", label: "time of the flow", scale: "log" },
        y: { column: "size", label: "|omega|", scale: "log" },
        names: ["slow manifold", "opposite signs", "one sign"],
      });
    },
  },
  {
    id: "weights-correlated",
    title: "On correlated inputs sum mu KQ is the inverse that a preconditioned step needs",
    caption: "Covariance 0.5^|i - j|. Left the two heads of seed 0 after 20,000 steps, right Gamma^-1.",
    plot: (rows) =>
      heatMap(
        rows
          .filter(({ part, inputs, steps }) => part === "entry" && inputs === "correlated" && steps === FULL)
          .map((row) => ({ ...row, panel: row.name === "softmax" ? "trained" : "theory" })),
        {
          i: { column: "row", label: "context feature" },
          j: { column: "column", label: "query feature" },
          value: { column: "value", label: "entry" },
          panel: "panel",
        },
      ),
  },
];

/** 2 omega mu of two heads that are one debiased step, at omega = 0. */
const PRODUCT = 1 / (1 + (1.1 * 5) / 40);

/** Rows of the flow after its start. */
function part(rows: readonly Result[]): readonly Result[] {
  return rows.filter((row) => row.part === "flow" && (row.time as number) > 0);
}
