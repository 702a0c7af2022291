import type { Entrant } from "../../src/evaluation/entrant.js";
import { measure } from "../../src/evaluation/measure.js";
import { dlinear, linear, nlinear } from "../../src/forecast/linear.js";
import { type Autoregression, autocovariancesOf } from "../../src/laws/autoregressive.js";
import { foldIn } from "../../src/math/keys.js";
import { windowWeights } from "../../src/predictors/algorithms/window-weights.js";
import { bestLinearWeights, linearRisk } from "../../src/theory/series/best-linear.js";
import { breakEvenShift, shiftedRisk } from "../../src/theory/series/level-shift.js";
import { noLevelRisk, noLevelWeights } from "../../src/theory/series/no-level-risk.js";
import type { Env, Key, Law, Measurement, Row, Run } from "../../src/types.js";
import { type Cell, LENGTH, lawOf, SHIFTS, WINDOW, WINDOWS } from "./cells.js";

export type Result = Measurement;

const PROMPTS = 20_000;
const FORECASTERS = [linear, nlinear, dlinear];

/** Rows of one cell; nothing is trained, and `fitted` maps are least squares on one stretch of the series. */
export async function measureRuns(cell: Cell, _: readonly Run[], env: Env): Promise<readonly Result[]> {
  return cell.part === "fitted" ? fittedRows(cell, env) : shiftedRows(cell, env);
}

/** The exact risk of maps fitted to one stretch, a row a window and a model, and what the best maps have. */
function fittedRows({ part, series, seed }: Cell, { key }: Env): Result[] {
  const values = stretch(lawOf(series, 1), foldIn(key, "stretch"));
  return WINDOWS.flatMap((window) => {
    const { population } = lawOf(series, window);
    const row = (name: string, risk: number, columns: Row) => rowOf(name, risk, { part, series, window, ...columns });
    const rows = FORECASTERS.map((forecaster) => {
      const weights = weightsOf(forecaster.fit(values, { window, season: 1, horizon: 1 }), window);
      return row(forecaster.name, linearRisk.value(population, { weights }), { seed, exact: false, kind: "model" });
    });
    if (seed !== 0) return rows;
    const best = linearRisk.value(population, { weights: bestLinearWeights(population) });
    const exact = { seed: null, exact: true, kind: "theory" };
    const [oracle, level] = [
      row("best-linear", best, exact),
      row("best-nlinear", noLevelRisk.value(population, {}), exact),
    ];
    return [...rows, oracle, level];
  });
}

/** Weights of an affine map, oldest value first and its constant last, as it answers to unit windows. */
function weightsOf(forecast: (history: Float64Array) => Float64Array, window: number): readonly number[] {
  const [constant] = forecast(new Float64Array(window));
  const weights = Array.from({ length: window }, (_, i) => {
    const unit = new Float64Array(window);
    unit[i] = 1;
    return forecast(unit)[0]! - constant!;
  });
  return [...weights, constant!];
}

/** One series of the law. */
function stretch(law: Law<Autoregression>, key: Key): Float64Array {
  const { x, y } = law.draw(key, { from: 0, count: 1 }, LENGTH - 1);
  return Float64Array.of(x.data[0]!, ...y.data);
}

function rowOf(name: string, risk: number, columns: Row): Result {
  const { window } = columns;
  return {
    ...{ name, context: 0, testContext: 0, status: "ok", risk, excess: risk - 1, standardError: null, prompts: null },
    ...{ window },
    ...columns,
  } as unknown as Result;
}

/** The best maps on prompts whose level is off by `shift` standard deviations, measured and in closed form. */
async function shiftedRows({ part, series, seed }: Cell, { key }: Env): Promise<Result[]> {
  const law = lawOf(series, WINDOW);
  const { population } = law;
  const deviation = Math.sqrt(autocovariancesOf(population, 0)[0]!);
  const breakEven = breakEvenShift.value(population, {}) / deviation;
  const maps = { linear: bestLinearWeights(population), nlinear: noLevelWeights(population) };
  const rows: Result[] = [];
  for (const shift of SHIFTS) {
    const level = shift * deviation;
    const entrants = Object.entries(maps).map(([name, weights]): Entrant => {
      const value = shiftedRisk.value(population, { weights, level });
      const { predict } = windowWeights({ weights });
      return { name, kind: "predictor", predict, exact: { value, kind: "exact", source: shiftedRisk.source } };
    });
    const test = { law: raised(law, level), context: 0, prompts: PROMPTS, key: foldIn(key, `shift ${shift}`), seed };
    const columns = { part, series, context: 0, window: WINDOW, factor: shift, breakEven };
    rows.push(...(await measure(entrants, { ...test, columns })).filter((row) => !row.exact || seed === 0));
  }
  return rows;
}

/** The same prompts with a level added to every value: it is drawn on this thread only. */
function raised(law: Law<Autoregression>, level: number): Law<Autoregression> {
  const { recipe: _, ...rest } = law;
  return {
    ...rest,
    draw(...of) {
      const prompts = law.draw(...of);
      for (const { data } of [prompts.x, prompts.y, prompts.query, prompts.answer])
        for (let i = 0; i < data.length; i++) data[i]! += level;
      return prompts;
    },
  };
}
