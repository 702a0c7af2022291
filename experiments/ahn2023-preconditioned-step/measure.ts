import { effectivePreconditioner, weightDistance } from "../../src/evaluation/effective-weights.js";
import { modelEntrant, predictorEntrant } from "../../src/evaluation/entrant.js";
import { measure } from "../../src/evaluation/measure.js";
import { measureSnapshots } from "../../src/evaluation/measure-snapshots.js";
import { foldIn } from "../../src/math/keys.js";
import gradientStep from "../../src/predictors/gradient-step.js";
import lsaOptimum from "../../src/predictors/lsa-optimum.js";
import newton from "../../src/predictors/newton.js";
import ols from "../../src/predictors/ols.js";
import ridge from "../../src/predictors/ridge.js";
import { optimalPreconditioner } from "../../src/theory/optimal-preconditioner.js";
import type { Env, Measurement, Row, Rows, Run, Snapshot } from "../../src/types.js";
import { type Cell, isStack, type LayerCell } from "./cells.js";
import { distancesFromIdentity } from "./distance-from-identity.js";
import { FEATURES, lawOf } from "./laws.js";
import { stackRows } from "./stack-rows.js";

export type Result = Measurement;

/**
 * Prompts of each kind of row. Trained: layer and optimum differ by a relative 0.0003 a root of 10^4 / prompts, far
 * inside 1 %. Curves: 3 % of the level is enough for the eye.
 */
const PROMPTS = { curve: 2000, trained: 10_000 };

/**
 * Rows of `part` `curve` (the layer at each snapshot), `trained` (the last weights beside every predictor) and `entry`
 * (an entry of the trained preconditioner and of the predicted one, for the heat maps); of stacks those of `stack-rows.ts`.
 */
export async function measureRuns(cell: Cell, runs: readonly Run[], env: Env): Promise<readonly Result[]> {
  const run = runs[0]!;
  if (isStack(cell)) return stackRows(cell, run, env);
  const predicted = optimalPreconditioner.value(lawOf(cell).population, { context: cell.context });
  return [
    ...(await curveRows(cell, run, predicted, env)),
    ...(await trainedRows(cell, run, predicted, env)),
    ...(cell.seed === 0 && run.status === "ok" ? entryRows(cell, run, predicted) : []),
  ];
}

const columnsOf = ({ inputs, tasks, context }: LayerCell, part: string) => ({ part, inputs, tasks, context });

async function curveRows(cell: LayerCell, run: Run, predicted: Rows, { key }: Env): Promise<Result[]> {
  const { context, seed } = cell;
  const test = { law: lawOf(cell), context, prompts: PROMPTS.curve, key: foldIn(key, "evaluation"), seed };
  const rows = await measureSnapshots("lsa", run, { ...test, columns: columnsOf(cell, "curve") });
  return rows.map((row, i) => ({ ...row, ...weightColumns(cell, run, run.snapshots[i]!, predicted) }));
}

async function trainedRows(cell: LayerCell, run: Run, predicted: Rows, { key }: Env): Promise<Result[]> {
  const { context, seed } = cell;
  const law = lawOf(cell);
  const last = run.snapshots.at(-1)!;
  const weights = run.status === "ok" ? last.weights : null;
  const at = { population: law.population, context };
  const site = { features: FEATURES, context };
  const predictors = [lsaOptimum.make({}, site), gradientStep.make(undefined, site), newton.make(9, site)];
  const entrants = [
    modelEntrant("lsa", run.trial.mixer, weights),
    ...[...predictors, ridge.make({}, site), ols.make({}, site)].map((each) => predictorEntrant(each, at, at)),
  ];
  const columns = { ...columnsOf(cell, "trained"), step: last.step };
  const test = { law, context, prompts: PROMPTS.trained, key: foldIn(key, "evaluation"), seed, columns };
  const rows = await measure(entrants, test);
  const optimum = rows.find(({ name, exact }) => name === "lsa-optimum" && !exact)!;
  const about: Record<string, Row> = {
    lsa: weights === null ? {} : weightColumns(cell, run, last, predicted),
    "lsa-optimum": distancesFromIdentity(predicted, law.population.covariance),
  };
  // Closed forms belong to the setting, not to a seed: the first seed holds them.
  return rows
    .filter((row) => !row.exact || seed === 0)
    .map((row) => ({ ...row, ...about[row.name], ...(row.exact ? {} : relativeRisk(row, optimum)) }));
}

/** Distance of the weights from the optimum, and the paper's Dist of their preconditioner. */
function weightColumns(cell: LayerCell, run: Run, { weights }: Snapshot, predicted: Rows): Row {
  const products = run.trial.mixer.products(weights);
  const { covariance } = lawOf(cell).population;
  return {
    weightDistance: weightDistance(products, predicted),
    ...distancesFromIdentity(effectivePreconditioner(products), covariance),
  };
}

/**
 * Risk over the optimum's on the same prompts, r = a / b, and its error by the delta method:
 * (s_r / r)^2 = (s_a / a)^2 + (s_b / b)^2 - 2 c_ab / (a b).
 */
function relativeRisk(row: Result, optimum: Result): Row {
  const [a, b] = [row.risk, optimum.risk];
  if (a === null || b === null) return { relativeRisk: null, relativeRiskError: null };
  const [s, t] = [row.standardError! / a, optimum.standardError! / b];
  const shared = (row["covariance.lsa-optimum"] as number) / (a * b);
  return { relativeRisk: a / b, relativeRiskError: (a / b) * Math.sqrt(Math.max(0, s ** 2 + t ** 2 - 2 * shared)) };
}

/** Entries of the trained preconditioner A and of the predicted one, A*. */
function entryRows(cell: LayerCell, run: Run, predicted: Rows): Result[] {
  const trained = effectivePreconditioner(run.trial.mixer.products(run.snapshots.at(-1)!.weights));
  const blank = { risk: null, status: "ok", standardError: null, prompts: null, excess: null } as const;
  const common = { ...columnsOf(cell, "entry"), testContext: cell.context, seed: cell.seed, ...blank };
  const of = (name: string, kind: "model" | "theory", A: Rows) =>
    A.flatMap((entries, i) =>
      entries.map((value, j) => ({
        ...{ ...common, name, kind, exact: kind === "theory" },
        ...{ row: i + 1, column: j + 1, value },
      })),
    );
  return [...of("lsa", "model", trained), ...of("lsa-optimum", "theory", predicted)];
}
