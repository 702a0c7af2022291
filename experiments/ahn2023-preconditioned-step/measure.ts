import { effectivePreconditioner, weightDistance } from "../../src/evaluation/effective-weights.js";
import { type Entrant, modelEntrant, predictorEntrant } from "../../src/evaluation/entrant.js";
import { measure } from "../../src/evaluation/measure.js";
import { foldIn } from "../../src/math/keys.js";
import { product, transpose } from "../../src/math/matrix.js";
import { symmetricRoot } from "../../src/math/symmetric.js";
import gradientStep from "../../src/predictors/gradient-step.js";
import lsaOptimum from "../../src/predictors/lsa-optimum.js";
import newton from "../../src/predictors/newton.js";
import ols from "../../src/predictors/ols.js";
import ridge from "../../src/predictors/ridge.js";
import { optimalPreconditioner } from "../../src/theory/optimal-preconditioner.js";
import type { Env, Measurement, Row, Rows, Run, Snapshot } from "../../src/types.js";
import { type Cell, FEATURES, lawOf } from "./cells.js";

export type Result = Measurement;

const [ON_CURVES, CLAIMED] = [2000, 40_000];

/**
 * Rows of `part` `curve` (the layer at each snapshot), `trained` (the last weights beside every predictor) and `entry`
 * (an entry of the trained preconditioner and of the predicted one, for the heat maps).
 */
export async function measureRuns(cell: Cell, runs: readonly Run[], { key }: Env): Promise<readonly Result[]> {
  const run = runs[0]!;
  const law = lawOf(cell);
  const site = { features: FEATURES, context: cell.context };
  const at = { population: law.population, context: cell.context };
  const make = (predictor: Parameters<typeof predictorEntrant>[0]): Entrant => predictorEntrant(predictor, at, at);
  const optimum = make(lsaOptimum.make({}, site));
  const step = make(gradientStep.make(undefined, site));
  const others = [newton.make(9, site), ridge.make({}, site), ols.make({}, site)].map((predictor) => make(predictor));
  const predicted = optimalPreconditioner.value(law.population, { context: cell.context });
  const test = { law, context: cell.context, key: foldIn(key, "evaluation"), seed: cell.seed };
  const { inputs, tasks, context } = cell;
  const rows: Result[] = [];
  const beside = async (snapshot: Snapshot | null, entrants: readonly Entrant[], prompts: number, columns: Row) => {
    const model = modelEntrant("lsa", run.trial.mixer, snapshot?.weights ?? null);
    const measured = await measure([model, ...entrants], {
      ...test,
      prompts,
      columns: { inputs, tasks, context, ...columns },
    });
    const weights = snapshot === null ? {} : weightColumns(run, snapshot, predicted, law.population.covariance);
    for (const row of measured)
      if (!row.exact || cell.seed === 0) rows.push(row.name === "lsa" ? { ...row, ...weights } : row);
  };
  for (const snapshot of run.snapshots)
    await beside(snapshot, [optimum], ON_CURVES, { part: "curve", step: snapshot.step });
  const last = run.status === "ok" ? run.snapshots.at(-1)! : null;
  const end = run.snapshots.at(-1)!.step;
  await beside(last, [optimum, step, ...others], CLAIMED, { part: "trained", step: end });
  if (last && cell.seed === 0) {
    const found = effectivePreconditioner(run.trial.mixer.products(last.weights));
    rows.push(...entries("lsa", found, cell), ...entries("lsa-optimum", predicted, cell));
  }
  return rows;
}

/** Distance of the weights from the optimum, and the paper's Dist of A and of Sigma^(1/2) A Sigma^(1/2) from a multiple of I. */
function weightColumns(run: Run, snapshot: Snapshot, predicted: Rows, covariance: Rows): Row {
  const products = run.trial.mixer.products(snapshot.weights);
  const A = effectivePreconditioner(products);
  const root = symmetricRoot(covariance);
  return {
    weightDistance: weightDistance(products, predicted),
    distanceFromIdentity: distanceFromIdentity(A),
    whitenedDistanceFromIdentity: distanceFromIdentity(product(root, A, root)),
  };
}

/** Dist(M, I) = min_a ||M - a I||_F / ||M||_F (Ahn et al. 2023, Section 4.3); null for M = 0. */
function distanceFromIdentity(M: Rows): number | null {
  const size = product(M, transpose(M)).reduce((sum, row, i) => sum + row[i]!, 0);
  const diagonalSum = M.reduce((sum, row, i) => sum + row[i]!, 0);
  return size === 0 ? null : Math.sqrt(Math.max(0, 1 - diagonalSum ** 2 / (M.length * size)));
}

function entries(name: string, A: Rows, { inputs, tasks, context, seed }: Cell): Result[] {
  const blank = { risk: null, status: "ok", standardError: null, prompts: null, excess: null } as const;
  return A.flatMap((row, i) =>
    row.map((value, j) => ({
      ...blank,
      ...{ part: "entry", inputs, tasks, context, testContext: context, seed, name, exact: name !== "lsa" },
      kind: name === "lsa" ? "model" : "theory",
      row: i + 1,
      column: j + 1,
      value,
    })),
  );
}
