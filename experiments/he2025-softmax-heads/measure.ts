import { modelEntrant, predictorEntrant } from "../../src/evaluation/entrant.js";
import { measure } from "../../src/evaluation/measure.js";
import { foldIn } from "../../src/math/keys.js";
import { identity, scaled, sum } from "../../src/math/matrix.js";
import debiasedGradientStep from "../../src/predictors/debiased-gradient-step.js";
import gradientStep from "../../src/predictors/gradient-step.js";
import preconditionedGradientStep from "../../src/predictors/preconditioned-gradient-step.js";
import ridge from "../../src/predictors/ridge.js";
import softmaxHeads from "../../src/predictors/softmax-heads.js";
import { optimalPreconditioner } from "../../src/theory/optimal-preconditioner.js";
import { optimalStep } from "../../src/theory/optimal-step.js";
import { preconditionerRisk } from "../../src/theory/preconditioner-risk.js";
import type { Env, Measurement, Row, Rows, Run } from "../../src/types.js";
import { type Cell, lawOf } from "./cells.js";
import { flowRows } from "./flow.js";
import { type Head, headsOf, patternOf } from "./pattern.js";

export type Result = Measurement;

/** Published lengths at test, and prompts of each: the layer and the debiased step differ by 1 %, known to a tenth of it. */
const [LENGTHS, PROMPTS] = [[10, 20, 40, 60, 100], 5000];

/**
 * Rows of `part` `length` (the trained layer beside predictors at every length), `head` (omega and mu of every head along
 * training), `pattern` (of all heads at the end), `entry` (KQ where inputs are correlated or partly used) and, untrained, `flow`.
 */
export async function measureRuns(cell: Cell, runs: readonly Run[], env: Env): Promise<readonly Result[]> {
  if (cell.part === "flow") return flowRows(cell);
  const run = runs[0]!;
  const lengths = cell.inputs === "isotropic" ? LENGTHS : [cell.context];
  const along = run.snapshots.map(({ step, weights }) => ({ step, heads: headsOf(run.trial.mixer.products(weights)) }));
  const rows: Result[] = [];
  for (const length of lengths) rows.push(...(await lengthRows(cell, run, length, env)));
  rows.push(...along.flatMap(({ step, heads }) => headRows(cell, step, heads)));
  if (run.status === "ok")
    rows.push(
      ...patternRows(
        cell,
        along.map(({ heads }) => heads),
      ),
    );
  return rows;
}

const columnsOf = ({ inputs, heads, start, context, steps }: Cell, part: string) => ({
  ...{ part, inputs, heads, start, context, steps },
});

export function blankRow(cell: Cell, part: string, name: string): Result {
  return {
    ...columnsOf(cell, part),
    ...{ testContext: cell.context, name, kind: "model", exact: false, seed: cell.seed },
    ...{ risk: null, status: "ok", standardError: null, prompts: null, excess: null },
  };
}

async function lengthRows(cell: Cell, run: Run, length: number, { key }: Env): Promise<Result[]> {
  const { inputs, context, seed } = cell;
  const law = lawOf(cell);
  const { population } = law;
  const site = { features: law.features, context };
  const weights = run.status === "ok" ? run.snapshots.at(-1)!.weights : null;
  const predictors = [
    ...[gradientStep.make(undefined, site), debiasedGradientStep.make({}, site), ridge.make({}, site)],
    ...(inputs === "isotropic"
      ? [softmaxHeads.make({ heads: 1 }, site), softmaxHeads.make({ heads: 2, omega: 0.13 }, site)]
      : [preconditionedGradientStep.make({}, site)]),
  ];
  const training = { population, context };
  const entrants = [
    modelEntrant("softmax", run.trial.mixer, weights),
    ...predictors.map((each) => predictorEntrant(each, training, { population, context: length })),
  ];
  const pattern = weights === null ? {} : patternOf(headsOf(run.trial.mixer.products(weights)));
  const columns = { ...columnsOf(cell, "length"), signs: pattern.signs ?? null };
  const stream = { law, context: length, prompts: PROMPTS, key: foldIn(key, "evaluation"), seed };
  const rows = await measure(entrants, { ...stream, columns });
  // Closed forms belong to the setting: the first seed of the longest training holds them.
  const holds = seed === 0 && (cell.heads === 2 || inputs !== "isotropic") && cell.steps === 20_000;
  return [...rows.filter((row) => !row.exact || holds), ...(holds ? [undividedRow(cell, length)] : [])];
}

/** Linear attention that divides by the training length N at length M: its step is M / N times too large. */
function undividedRow(cell: Cell, length: number): Result {
  const { population } = lawOf(cell);
  const step = (optimalStep.value(population, { context: cell.context }) * length) / cell.context;
  const risk = preconditionerRisk.value(population, {
    preconditioner: scaled(identity(population.features), step),
    context: length,
  });
  return {
    ...blankRow(cell, "length", "linear-over-n"),
    ...{ testContext: length, kind: "theory", exact: true, seed: null, signs: null },
    ...{ risk, excess: risk - population.noise ** 2, closedForm: preconditionerRisk.kind },
  };
}

function headRows(cell: Cell, step: number, heads: readonly Head[]): Result[] {
  return heads.map(({ omega, mu, diagonal, last }, h) => ({
    ...{ ...blankRow(cell, "head", `head-${h + 1}`), step, omega, mu, diagonal, last },
  }));
}

function patternRows(cell: Cell, along: readonly (readonly Head[])[]): Result[] {
  const heads = along.at(-1)!;
  const peakOmega = Math.max(...along.map((each) => patternOf(each).omega as number));
  const row = { ...blankRow(cell, "pattern", "softmax"), ...patternOf(heads), peakOmega };
  if (cell.inputs === "isotropic") return [row];
  const [found, expected] = [effectiveStep(heads), preconditioner(cell)];
  const gap = sum(found, scaled(expected, -1));
  return [
    { ...row, distanceFromInverse: Math.sqrt(dot(gap, gap) / dot(expected, expected)) },
    ...(cell.seed === 0 ? [...entryRows(cell, "softmax", found), ...entryRows(cell, "theory", expected)] : []),
  ];
}

/**
 * That of a debiased preconditioned step, best at k = n - 1 pairs: Gamma^-1 with Gamma = (1 + 1/k) S + (tr S + d s2) / k I
 * for W = I / d, and zero where features are not used.
 */
function preconditioner(cell: Cell): Rows {
  return optimalPreconditioner.value(lawOf(cell).population, { context: cell.context - 1 });
}

/** sum_h mu_h KQ_h: to first order in KQ the layer is the debiased step of this preconditioner. */
const effectiveStep = (heads: readonly Head[]): Rows => {
  const [first, ...others] = heads.map(({ mu, scores }) => scaled(scores, mu));
  return sum(first!, ...others);
};

const dot = (A: Rows, B: Rows) => A.reduce((total, row, i) => total + row.reduce((t, a, j) => t + a * B[i]![j]!, 0), 0);

function entryRows(cell: Cell, name: "softmax" | "theory", A: Rows): Result[] {
  const common: Row = { kind: name === "theory" ? "theory" : "model", exact: name === "theory" };
  return A.flatMap((entries, i) =>
    entries.map(
      (value, j) => ({ ...blankRow(cell, "entry", name), ...common, row: i + 1, column: j + 1, value }) as Result,
    ),
  );
}
