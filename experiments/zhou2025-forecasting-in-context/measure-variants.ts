import { type Entrant, modelEntrant, predictorEntrant } from "../../src/evaluation/entrant.js";
import { measure } from "../../src/evaluation/measure.js";
import { foldIn } from "../../src/math/keys.js";
import bestLinear from "../../src/predictors/best-linear.js";
import lsaOptimum from "../../src/predictors/lsa-optimum.js";
import { horizonRisk } from "../../src/theory/series/horizon-risk.js";
import type { Env, Key, Law, Measurement, Row, Run } from "../../src/types.js";
import { type Cell, lawOf, standardised } from "./cells.js";
import { forecasts, type Mode } from "./forecasts.js";
import { DEPTHS, FIGURE_2_PAIRS, figure2Law, HEADS } from "./variants.js";

const PROMPTS = 40_000;
/** Series that are forecast, their steps ahead, and the steps that are told. */
const [SERIES, STEPS, TOLD] = [2000, 50, [1, 2, 5, 10, 20, 50]];

/** Stacks trained to the end beside the best single layer and the best linear prediction, on the same prompts. */
export async function depthRows(cell: Cell, runs: readonly Run[], { key }: Env): Promise<Measurement[]> {
  const law = standardised(lawOf(cell));
  const layers = runs.map((run, i) => trained(`lsa-${DEPTHS[i]}`, run));
  const rows = await besides(cell, law as Law, layers, key);
  const unit = law.population.noise ** 2;
  return rows.map((row) => ({
    ...row,
    depth: row.name.startsWith("lsa-") && row.kind === "model" ? Number(row.name.slice(4)) : null,
    ratio: row.risk === null ? null : row.risk / unit,
    ratioError: row.standardError === null ? null : row.standardError / unit,
  }));
}

/** One head of linear and of softmax attention on the series of Figure 2: risk, and forecasts up to 50 steps. */
export async function softmaxRows(cell: Cell, runs: readonly Run[], { key }: Env): Promise<Measurement[]> {
  const heads = runs.map((run, i) => trained(HEADS[i]!, run));
  const last = Object.fromEntries(runs.map((run, i) => [HEADS[i]!, lastShare(run, foldIn(key, "shares"))]));
  const rows = (await besides(cell, figure2Law as Law, heads, key)).map((row) =>
    row.name.startsWith("softmax") ? { ...row, lastShare: last[row.name]! } : row,
  );
  return [...rows, ...forecastRows(cell, heads, foldIn(key, "forecasts"))];
}

/** The mean share that a softmax head gives to the last pair among all pairs. */
function lastShare({ trial, snapshots }: Run, key: Key): number {
  const { KQ } = trial.mixer.products(snapshots.at(-1)!.weights);
  const D = KQ.shape[1];
  const { x, y, query } = trial.law.draw(key, { from: 0, count: SERIES }, FIGURE_2_PAIRS);
  let total = 0;
  for (let b = 0; b < SERIES; b++) {
    const scores = Array.from({ length: FIGURE_2_PAIRS }, (_, j) => {
      const at = b * FIGURE_2_PAIRS + j;
      const token = [...x.data.subarray(at * (D - 1), (at + 1) * (D - 1)), y.data[at]!];
      const asked = Array.from(query.data.subarray(b * (D - 1), (b + 1) * (D - 1)));
      return token.reduce((sum, e, a) => sum + e * asked.reduce((so, q, i) => so + KQ.data[a * D + i]! * q, 0), 0);
    });
    const weights = scores.map((score) => Math.exp(score - Math.max(...scores)));
    total += weights.at(-1)! / weights.reduce((sum, weight) => sum + weight, 0);
  }
  return total / SERIES;
}

function trained(name: string, { trial, snapshots, status }: Run): Entrant {
  return modelEntrant(name, trial.mixer, status === "ok" ? snapshots.at(-1)!.weights : null);
}

async function besides(cell: Cell, law: Law, models: readonly Entrant[], key: Key): Promise<Measurement[]> {
  const { context, ...columns } = columnsOf(cell);
  const at = { population: law.population as never, context };
  const site = { features: law.features, context };
  const best = [lsaOptimum.make({}, site), bestLinear.make({}, site)].map((each) => predictorEntrant(each, at, at));
  const test = { law, context, prompts: PROMPTS, key: foldIn(key, "evaluation"), seed: cell.seed };
  const rows = await measure([...models, ...best], { ...test, columns: { context, ...columns } });
  return rows.filter((row) => !row.exact || cell.seed === 0);
}

const columnsOf = ({ part, series, order, context }: Cell) => ({ part, series, order, context });

/** Mean squared errors some steps ahead, with the values that came and with the forecasts themselves. */
function forecastRows(cell: Cell, heads: readonly Entrant[], key: Key): Measurement[] {
  const { order: window } = cell;
  const known = FIGURE_2_PAIRS + window;
  const series = drawnSeries(key, known + STEPS);
  const row = (name: string, columns: Row): Measurement =>
    ({ ...columnsOf(cell), part: "forecast", testContext: cell.context, name, ...columns }) as unknown as Measurement;
  const rows = heads.flatMap(({ name, predict }) =>
    (["teacher", "rollout"] as const).flatMap((mode: Mode) => {
      const told = predict && forecasts(predict, series, { window, known, mode, told: TOLD });
      return TOLD.map((horizon) => {
        const errors = (told ?? []).map((each, b) => (each[horizon - 1]! - series[b]![known + horizon - 1]!) ** 2);
        const mean = errors.reduce((sum, error) => sum + error, 0) / errors.length;
        const spread = errors.reduce((sum, error) => sum + (error - mean) ** 2, 0) / (errors.length - 1);
        const fine = Number.isFinite(mean) && Number.isFinite(spread);
        const measured = fine
          ? { risk: mean, status: "ok", standardError: Math.sqrt(spread / errors.length), excess: mean - 1 }
          : { risk: null, status: told ? "undefined" : "diverged", standardError: null, excess: null };
        const common = { kind: "model", exact: false, seed: cell.seed, prompts: SERIES, mode, horizon };
        return row(name, { ...common, ...measured });
      });
    }),
  );
  if (cell.seed !== 0) return rows;
  const exact = { kind: "theory", exact: true, seed: null, status: "ok", standardError: null, prompts: null };
  const best = TOLD.flatMap((horizon) => {
    const ahead = horizonRisk.value(figure2Law.population, { horizon });
    return [
      row("best-linear", { ...exact, mode: "teacher", horizon, risk: 1, excess: 0 }),
      row("best-linear", { ...exact, mode: "rollout", horizon, risk: ahead, excess: ahead - 1 }),
    ];
  });
  return [...rows, ...best];
}

/** Series of the law, a row each. */
function drawnSeries(key: Key, values: number): Float64Array[] {
  const { window } = figure2Law.population;
  const context = values - window - 1;
  const { x, y, answer } = figure2Law.draw(key, { from: 0, count: SERIES }, context);
  return Array.from({ length: SERIES }, (_, b) =>
    Float64Array.of(
      ...x.data.subarray(b * context * window, b * context * window + window),
      ...y.data.subarray(b * context, (b + 1) * context),
      answer.data[b]!,
    ),
  );
}
