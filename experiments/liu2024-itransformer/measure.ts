import { type Entrant, modelEntrant, predictorEntrant } from "../../src/evaluation/entrant.js";
import { measure } from "../../src/evaluation/measure.js";
import { foldIn } from "../../src/math/keys.js";
import { windowWeights } from "../../src/predictors/algorithms/window-weights.js";
import bestLinear from "../../src/predictors/best-linear.js";
import ownPast from "../../src/predictors/own-past.js";
import { equalScoreRisk, equalScoreWeights } from "../../src/theory/series/equal-scores.js";
import type { Env, Key, Measurement, Mixer, Row, Run, Weights } from "../../src/types.js";
import { type Cell, CONTEXT, lawOf, WINDOW } from "./cells.js";

export type Result = Measurement;

const [PROMPTS, CHECKED] = [40_000, 1000];

/** The trained layer beside what any model of all variates, of the first alone, and with equal scores can reach. */
export async function measureRuns(cell: Cell, runs: readonly Run[], env: Env): Promise<readonly Result[]> {
  const { trial, snapshots, status } = runs[0]!;
  const law = lawOf(cell);
  const at = { population: law.population, context: CONTEXT };
  const site = { features: law.features, context: CONTEXT };
  const weights = status === "ok" ? snapshots.at(-1)!.weights : null;
  const entrants = [
    modelEntrant("inverted-attention", trial.mixer, weights),
    predictorEntrant(bestLinear.make({}, site), at, at),
    predictorEntrant(ownPast.make({}, site), at, at),
    equalScores(cell),
  ];
  const { coupling, strength, variates, seed } = cell;
  const columns = { coupling, strength, variates, context: CONTEXT };
  const test = { law, context: CONTEXT, prompts: PROMPTS, key: foldIn(env.key, "evaluation"), seed, columns };
  const rows = (await measure(entrants, test)).filter((row) => !row.exact || seed === 0);
  const off = weights && distanceFromMap(cell, trial.mixer, weights, foldIn(env.key, "map"));
  return rows.map((row) => ({
    ...row,
    ...overBest(row, rows),
    ...(row.name === "inverted-attention" && { off }),
  }));
}

/** The risk over that of the best prediction from all, on the same prompts or both in closed form, and its error. */
function overBest(row: Result, rows: readonly Result[]): Row {
  const best = rows.find(({ name, exact }) => name === "best-linear" && exact === row.exact);
  if (!best || row.risk === null) return { ratio: null, ratioError: null };
  const ratio = row.risk / best.risk!;
  if (row.exact) return { ratio, ratioError: null };
  const [own, base] = [row.standardError! ** 2, best.standardError! ** 2];
  const shared = row["covariance.best-linear"] as number;
  const square = Math.max(0, own + ratio ** 2 * base - 2 * ratio * shared);
  return { ratio, ratioError: Math.sqrt(square) / best.risk! };
}

/** Attention whose scores are equal, at its best. */
function equalScores(cell: Cell): Entrant {
  const { population } = lawOf(cell);
  const { predict } = windowWeights({ weights: equalScoreWeights(population) });
  const { kind, source } = equalScoreRisk;
  return {
    name: "equal-scores",
    kind: "theory",
    predict,
    exact: { value: equalScoreRisk.value(population, {}), kind, source },
  };
}

/**
 * Largest distance of the layer's predictions from the fixed map (own + OV) . v_1 of the first variate's window, in units of
 * float64's roundoff of the largest prediction: roundings where there is one variate, and much where attention does anything.
 */
function distanceFromMap(cell: Cell, mixer: Mixer, weights: Weights, key: Key): number {
  const law = lawOf(cell);
  const prompts = law.draw(key, { from: 0, count: CHECKED }, CONTEXT);
  const predictions = mixer.forward(weights, prompts).data;
  const map = Array.from({ length: WINDOW }, (_, t) => weights.own!.data[t]! + weights.OV!.data[t]!);
  let [largest, off] = [0, 0];
  for (const [b, prediction] of predictions.entries()) {
    const window = prompts.query.data.subarray(b * law.features);
    const mapped = map.reduce((sum, weight, t) => sum + weight * window[t * cell.variates]!, 0);
    largest = Math.max(largest, Math.abs(prediction));
    off = Math.max(off, Math.abs(prediction - mapped));
  }
  return off / largest / 2 ** -53;
}
