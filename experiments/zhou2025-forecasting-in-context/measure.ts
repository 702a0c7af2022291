import { modelEntrant, predictorEntrant } from "../../src/evaluation/entrant.js";
import { measure } from "../../src/evaluation/measure.js";
import { autoregressiveLaw } from "../../src/laws/autoregressive.js";
import { fixedCoefficients } from "../../src/laws/series-coefficients.js";
import { foldIn } from "../../src/math/keys.js";
import bestLinear from "../../src/predictors/best-linear.js";
import ols from "../../src/predictors/ols.js";
import zero from "../../src/predictors/zero.js";
import { drawnCoefficientLimit } from "../../src/theory/series/drawn-coefficient-limit.js";
import { seriesLsaBound } from "../../src/theory/series/lsa-bound.js";
import { seriesLsaOptimum } from "../../src/theory/series/lsa-optimum.js";
import { seriesLsaRisk } from "../../src/theory/series/lsa-risk.js";
import { rolloutDecay } from "../../src/theory/series/rollout-decay.js";
import type { Env, Measurement, Row, Run } from "../../src/types.js";
import { type Cell, constantLaw, drawnLaw, lawOf, lawsOf, NOISE, seriesKey, standardised } from "./cells.js";
import { heldOutError, layerOf, seriesOf } from "./held-out.js";
import { depthRows, softmaxRows } from "./measure-variants.js";
import { PRINTED } from "./published-series.js";
import { RUN_AWAY, rollOut } from "./rollout.js";

export type Result = Measurement;

const PROMPTS = 20_000;
/** Rollouts a coefficient, their horizon, and the horizons that are told. */
const [ROLLOUTS, HORIZON, TOLD] = [4000, 60, [1, 5, 10, 20]];

/** Rows of each part of the grid; see `Cell`. */
export async function measureRuns(cell: Cell, runs: readonly Run[], env: Env): Promise<readonly Result[]> {
  return {
    published: async () => publishedRows(cell, runs, env),
    optimum: async () => optimumRows(cell, runs[0]!),
    constant: () => constantRows(cell, runs, env),
    drawn: () => drawnRows(cell, runs[0]!, env),
    rollout: async () => rolloutRows(cell, env),
    depth: () => depthRows(cell, runs, env),
    softmax: () => softmaxRows(cell, runs, env),
  }[cell.part]();
}

/** A row of numbers that hold exactly for the trained weights; its risk is an error on data, or of the population. */
function trainedRow(cell: Cell, risk: number | null, columns: Row): Result {
  const { part, series, order, context, seed } = cell;
  const fine = risk !== null && Number.isFinite(risk);
  return {
    ...{ part, series, order, context, testContext: context, seed, name: "lsa", kind: "model", exact: false },
    ...{ risk: fine ? risk : null, status: risk === null ? "diverged" : fine ? "ok" : "undefined" },
    ...{ standardError: null, prompts: null, excess: fine ? risk - NOISE ** 2 : null },
    ...columns,
  };
}

function exactRow(cell: Cell, name: string, risk: number, columns: Row): Result {
  const { part, series, order, context } = cell;
  return {
    ...{ part, series, order, context, testContext: context, seed: null, name, kind: "theory", exact: true },
    ...{ risk, status: "ok", standardError: null, prompts: null, excess: risk - NOISE ** 2 },
    ...columns,
  };
}

/** Per series the error on what was held out at the best pass, and in closed form where the gap comes from. */
function publishedRows(cell: Cell, runs: readonly Run[], { key }: Env): Result[] {
  const { context, order } = cell;
  const s2 = NOISE ** 2;
  const each = lawsOf(cell).map(({ series, law }, i) => {
    const run = runs[i]!;
    const values = seriesOf(law, seriesKey(key, series));
    const optimum = seriesLsaOptimum(law.population, context).risk;
    const bound = seriesLsaBound.value(law.population, { context });
    const errors = run.snapshots.map(({ weights }) => heldOutError(layerOf(run.trial.mixer, weights), values, context));
    const best = errors.indexOf(Math.min(...errors));
    const layer = layerOf(run.trial.mixer, run.snapshots[best]!.weights);
    const exactRisk = seriesLsaRisk.value(law.population, { ...layer, context });
    const risk = run.status === "ok" ? errors[best]! : null;
    return { series, risk, exactRisk, optimum, bound, trainedSteps: run.snapshots.at(-1)!.step };
  });
  const mean = (of: (one: (typeof each)[number]) => number | null) =>
    each.reduce((sum, one) => sum + (of(one) ?? Number.NaN), 0) / each.length;
  const [optimisation, architecture] = [mean((one) => one.exactRisk - one.optimum), mean((one) => one.optimum - s2)];
  const share = optimisation / (optimisation + architecture);
  const printed = PRINTED[order]![context]!;
  const all = { printed, exactRisk: mean((one) => one.exactRisk), optimisation, architecture, share };
  const rows = [
    ...each.map(({ series, risk, exactRisk, trainedSteps }) =>
      trainedRow(cell, risk, { series, exactRisk, trainedSteps }),
    ),
    trainedRow(
      cell,
      mean((one) => one.risk),
      all,
    ),
  ];
  if (cell.seed !== 0) return rows;
  const columns = { printed };
  return [
    ...rows,
    exactRow(
      cell,
      "lsa-optimum",
      mean((one) => one.optimum),
      columns,
    ),
    exactRow(
      cell,
      "residual-layer",
      mean((one) => one.bound),
      columns,
    ),
    exactRow(cell, "best-linear", s2, columns),
  ];
}

/** The exact risk of a layer trained to the end, beside the optimum's, in units of the paper's series. */
function optimumRows(cell: Cell, { trial, snapshots, status }: Run): Result[] {
  const { context } = cell;
  const law = lawOf(cell);
  const scaled = standardised(law).population;
  const unit = (NOISE / scaled.noise) ** 2;
  const layer = layerOf(trial.mixer, snapshots.at(-1)!.weights);
  const risk = status === "ok" ? unit * seriesLsaRisk.value(scaled, { ...layer, context }) : null;
  const rows = [trainedRow(cell, risk, {})];
  if (cell.seed !== 0) return rows;
  const optimum = unit * seriesLsaOptimum(scaled, context).risk;
  const bound = seriesLsaBound.value(law.population, { context });
  return [
    ...rows,
    exactRow(cell, "lsa-optimum", optimum, {}),
    exactRow(cell, "residual-layer", bound, {}),
    exactRow(cell, "best-linear", NOISE ** 2, {}),
  ];
}

/** The best of several layers with a constant row beside the best linear prediction, on the same prompts. */
async function constantRows(cell: Cell, runs: readonly Run[], { key }: Env): Promise<Result[]> {
  const { part, series, order, context, seed } = cell;
  const at = { population: constantLaw.population, context };
  const site = { features: constantLaw.features, context };
  const layers = runs.map(({ trial, snapshots, status }) =>
    modelEntrant("lsa", trial.mixer, status === "ok" ? snapshots.at(-1)!.weights : null),
  );
  const chosen = { law: constantLaw, context, prompts: PROMPTS, seed, columns: { context } };
  const errors = [];
  for (const layer of layers)
    errors.push((await measure([layer], { ...chosen, key: foldIn(key, "selection") }))[0]!.risk);
  const least = Math.min(...errors.map((error) => error ?? Number.POSITIVE_INFINITY));
  const best = layers[Math.max(0, errors.indexOf(least))]!;
  /** Ended more than 5 % above the best linear prediction's risk of 1. */
  const stuck = errors.filter((error) => !(error !== null && error < 1.05)).length;
  const entrants = [best, predictorEntrant(bestLinear.make({}, site), at, at)];
  const columns = { part, series, order, context };
  const test = { ...chosen, key: foldIn(key, "evaluation"), columns };
  const measured = (await measure(entrants, test)).filter((row) => !row.exact || seed === 0);
  const rows = measured.map((row) => (row.name === "lsa" ? { ...row, stuck, starts: layers.length } : row));
  if (seed !== 0) return rows;
  const { coefficients, noise } = constantLaw.population;
  const without = autoregressiveLaw({ coefficients, noise }).population;
  const optimum = seriesLsaOptimum(without, context).risk;
  return [...rows, { ...exactRow(cell, "lsa-optimum", optimum, {}), excess: optimum - 1 }];
}

/** A coefficient drawn for every prompt: the trained layer, its limit, and least squares on the prompt. */
async function drawnRows(cell: Cell, run: Run, { key }: Env): Promise<Result[]> {
  const { part, series, order, context, seed } = cell;
  const at = { population: drawnLaw.population, context };
  const site = { features: 1, context };
  const weights = run.status === "ok" ? run.snapshots.at(-1)!.weights : null;
  const entrants = [
    modelEntrant("lsa", run.trial.mixer, weights),
    ...[ols.make({}, site), zero.make({}, site)].map((each) => predictorEntrant(each, at, at)),
  ];
  const columns = { part, series, order, context };
  const test = { law: drawnLaw, context, prompts: PROMPTS, key: foldIn(key, "evaluation"), seed, columns };
  const rows = (await measure(entrants, test)).filter((row) => !row.exact || seed === 0);
  if (seed !== 0) return rows;
  const limit = drawnCoefficientLimit.value(drawnLaw.population, {});
  return [...rows, { ...exactRow(cell, "lsa-limit", limit, {}), excess: limit - 1 }];
}

/** Rollouts of the optimal layer: what is left of the best forecast in the median, and how many run away. */
function rolloutRows(cell: Cell, { key }: Env): Result[] {
  const { context } = cell;
  const rho = Number(`${cell.series}`.slice(1, -1));
  const law = autoregressiveLaw({ coefficients: fixedCoefficients([rho]) });
  const layer = seriesLsaOptimum(law.population, context);
  const { x, y } = law.draw(foldIn(key, "rollouts"), { from: 0, count: ROLLOUTS }, context);
  const shares = TOLD.map(() => new Float64Array(ROLLOUTS));
  let away = 0;
  for (let i = 0; i < ROLLOUTS; i++) {
    const history = Float64Array.of(x.data[i * context]!, ...y.data.subarray(i * context, (i + 1) * context));
    const forecasts = rollOut(layer, history, HORIZON);
    if (forecasts.some((value) => !(Math.abs(value) <= RUN_AWAY))) away++;
    for (const [k, h] of TOLD.entries())
      shares[k]![i] = Math.abs(forecasts[h - 1]!) / Math.abs(rho ** h * history.at(-1)!);
  }
  return TOLD.map((horizon, k) => {
    const left = shares[k]!.sort()[ROLLOUTS / 2]!;
    const predicted = rolloutDecay.value(law.population, { context, horizon });
    const columns = { horizon, left, predicted, away: away / ROLLOUTS, rollouts: ROLLOUTS };
    return { ...trainedRow(cell, layer.risk, columns), name: "lsa-optimum", excess: layer.risk - 1 };
  });
}
