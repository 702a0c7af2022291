import { effectivePreconditioner, weightDistance } from "../../src/evaluation/effective-weights.js";
import { modelEntrant, predictorEntrant } from "../../src/evaluation/entrant.js";
import { measure } from "../../src/evaluation/measure.js";
import { measureSnapshots } from "../../src/evaluation/measure-snapshots.js";
import { foldIn } from "../../src/math/keys.js";
import { traceOfProduct } from "../../src/math/matrix.js";
import gradientStep from "../../src/predictors/gradient-step.js";
import lsaOptimum from "../../src/predictors/lsa-optimum.js";
import ridge from "../../src/predictors/ridge.js";
import { labelRisk } from "../../src/theory/step-moments.js";
import type { Env, Measurement, Predictor, Row, Rows, Run, Snapshot } from "../../src/types.js";
import { type Cell, FEATURES, lawOf } from "./cells.js";
import { meanSquaredDistance } from "./mean-squared-distance.js";
import { type Predicted, predictedOf } from "./predicted.js";

export type Result = Measurement;

/**
 * Prompts of each kind of row. Trained: the layer's risk above ridge's is known to 1.6 % on these prompts, and claimed
 * within 10 %. Curves: 3 % of the level is enough for the eye.
 */
const PROMPTS = { curve: 2000, trained: 20_000 };

/**
 * Rows of `part` `curve` (the layer at each snapshot), `trained` (the last weights beside the optimum, the best plain step
 * and, for linear tasks, ridge, which is Bayes) and `entry` (entries of the preconditioner, trained and predicted).
 */
export async function measureRuns(cell: Cell, runs: readonly Run[], env: Env): Promise<readonly Result[]> {
  const run = runs[0]!;
  const predicted = predictedOf(cell);
  return [
    ...(await curveRows(cell, run, predicted, env)),
    ...(await trainedRows(cell, run, predicted, env)),
    ...(cell.seed === 0 && run.status === "ok" ? entryRows(cell, run, predicted) : []),
  ];
}

const columnsOf = ({ setting, noise, context }: Cell, part: string) => ({ part, setting, noise, context });

async function curveRows(cell: Cell, run: Run, predicted: Predicted, { key }: Env): Promise<Result[]> {
  const { context, seed } = cell;
  const test = { law: lawOf(cell), context, prompts: PROMPTS.curve, key: foldIn(key, "evaluation"), seed };
  const rows = await measureSnapshots("lsa", run, { ...test, columns: columnsOf(cell, "curve") });
  return rows.map((row, i) => ({ ...row, ...weightColumns(run, run.snapshots[i]!, predicted, context) }));
}

async function trainedRows(cell: Cell, run: Run, predicted: Predicted, { key }: Env): Promise<Result[]> {
  const { context, seed } = cell;
  const law = lawOf(cell);
  const { population } = law;
  const { mixer } = run.trial;
  const last = run.snapshots.at(-1)!;
  const weights = run.status === "ok" ? last.weights : null;
  const at = { population, context };
  const site = { features: FEATURES, context };
  const bayes = ridge.make({}, site);
  const hasBayes = bayes.applies(population) === true;
  const predictors: Predictor<typeof population>[] = [lsaOptimum.make({}, site), gradientStep.make(undefined, site)];
  const entrants = [
    modelEntrant("lsa", mixer, weights),
    ...[...predictors, ...(hasBayes ? [bayes] : [])].map((each) => predictorEntrant(each, at, at)),
  ];
  const stream = { law, context, prompts: PROMPTS.trained, key: foldIn(key, "evaluation") };
  const rows = await measure(entrants, { ...stream, seed, columns: columnsOf(cell, "trained") });
  const about: Row =
    weights === null
      ? {}
      : {
          ...weightColumns(run, last, predicted, context),
          ...(hasBayes && {
            squaredDistanceFromRidge: await meanSquaredDistance(
              (prompts) => mixer.forward(weights, prompts),
              (prompts) => bayes.tune(population, context).predict(prompts),
              stream,
            ),
          }),
        };
  const labels = labelRisk.value(population, {});
  // Closed forms belong to the setting, not to a seed: the first seed holds them.
  return rows
    .filter((row) => !row.exact || seed === 0)
    .map((row) => ({ ...row, ...shares(row, labels), ...(row.name === "lsa" && about) }));
}

/** The risk as a part of the variance of the label that is to be predicted. */
function shares({ risk, standardError }: Result, labels: number): Row {
  return {
    share: risk === null ? null : risk / labels,
    shareError: standardError === null ? null : standardError / labels,
  };
}

/** The paper's eta of a layer, tr(S A) / (d n), over the predicted one, and the distance of all weights from theirs. */
function weightColumns(run: Run, { weights }: Snapshot, predicted: Predicted, context: number): Row {
  const products = run.trial.mixer.products(weights);
  const A = effectivePreconditioner(products);
  const eta = traceOfProduct(predicted.covariance, A) / (FEATURES * context);
  return {
    eta,
    predictedEta: predicted.eta,
    relativeEta: eta / predicted.eta,
    weightDistance: weightDistance(products, predicted.preconditioner),
  };
}

/** Entries of the trained preconditioner and of the predicted one. */
function entryRows(cell: Cell, run: Run, { preconditioner }: Predicted): Result[] {
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
  return [...of("lsa", "model", trained), ...of("lsa-optimum", "theory", preconditioner)];
}
