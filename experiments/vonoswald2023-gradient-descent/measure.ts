import { modelEntrant, predictorEntrant } from "../../src/evaluation/entrant.js";
import { measure } from "../../src/evaluation/measure.js";
import { measureSnapshots } from "../../src/evaluation/measure-snapshots.js";
import { foldIn } from "../../src/math/keys.js";
import gradientStep from "../../src/predictors/gradient-step.js";
import zero from "../../src/predictors/zero.js";
import type { Env, Measurement, Row, Run } from "../../src/types.js";
import { type Cell, isLayer, type LayerCell, lawOf } from "./cells.js";
import { curvatureRows } from "./curvature-rows.js";
import { FEATURES } from "./laws.js";
import { likeness } from "./likeness.js";
import type { MoreCell } from "./more-cells.js";
import { setRows } from "./set-rows.js";
import { softmaxRows } from "./softmax-rows.js";
import { stackRows } from "./stack-rows.js";

/** What a row says beside the risk; `loss` is half of it, as the paper plots. */
export type Result = Measurement;

/** Factors on the inputs at test: alpha / (2 range), alpha the paper's axis. The factor 1 is the part `trained`. */
const SHIFTS = [0.5, 0.75, 1.25, 1.5, 1.75, 2];

/**
 * Prompts of each kind of row. Curves: the paper's 10^4 tasks. Claims within 0.001 of the loss: the paired difference
 * has an error of 0.02 / sqrt(prompts) as the layer wanders around the step, 0.0001 here. Shifts: layer and step differ
 * by percents, with an error of 0.3 % here. Likeness: cosines this close to 1 vary little, at 84 passes a prompt.
 */
const PROMPTS = { curve: 10_000, trained: 40_000, scale: 5000 };
const ALIKE = { curve: 200, trained: 1000 };

/**
 * Rows of `part` `curve` (the layer at each snapshot), `trained` (the last weights beside one step of gradient descent)
 * and `scale` (the same on inputs of another range). Gradient descent keeps the step of the training law. Of other models
 * those of the files named after them.
 */
export async function measureRuns(cell: Cell, runs: readonly Run[], env: Env): Promise<readonly Result[]> {
  return (await rowsOf(cell, runs, env)).map((row) => ({ ...row, ...halved(row) }));
}

async function rowsOf(cell: Cell, runs: readonly Run[], env: Env): Promise<readonly Result[]> {
  if (!isLayer(cell)) return moreRows(cell, runs[0], env);
  const run = runs[0]!;
  const rows = [...(await curveRows(cell, run, env)), ...(await testRows(cell, run, "trained", 1, env))];
  for (const factor of SHIFTS) rows.push(...(await testRows(cell, run, "scale", factor, env)));
  return rows;
}

/** Untrained cells have no run. */
async function moreRows(cell: MoreCell, run: Run | undefined, env: Env): Promise<readonly Result[]> {
  if (cell.model === "curvature") return curvatureRows(cell, env);
  if (cell.model === "softmax") return softmaxRows(cell, run!, env);
  return cell.model === "fixed-set" ? setRows(cell, run!, env) : stackRows(cell, run!, env);
}

async function curveRows(cell: LayerCell, run: Run, env: Env): Promise<Result[]> {
  const { range, context, seed } = cell;
  const columns = { part: "curve", range, context };
  const key = foldIn(env.key, "evaluation");
  const rows = await measureSnapshots("lsa", run, {
    law: lawOf(cell),
    ...{ context, prompts: PROMPTS.curve, key, seed, columns },
  });
  const seen = lawOf(cell).draw(key, { from: 0, count: ALIKE.curve }, context);
  const step = stepOf(cell);
  return rows.map((row, i) => ({ ...row, ...likeness(cell, run.trial.mixer, run.snapshots[i]!, step, seen) }));
}

/** The last weights, one step of gradient descent and the answer 0 on common prompts, inputs multiplied by a factor. */
async function testRows(cell: LayerCell, run: Run, part: "trained" | "scale", inputScale: number, env: Env) {
  const { range, context, seed } = cell;
  const { mixer } = run.trial;
  const last = run.snapshots.at(-1)!;
  const weights = run.status === "ok" ? last.weights : null;
  const law = lawOf(cell).shifted({ inputScale });
  const training = { population: lawOf(cell).population, context };
  const at = { population: law.population, context };
  const step = stepOf(cell);
  const nothing = zero.make({}, { features: FEATURES, context });
  const entrants = [
    modelEntrant("lsa", mixer, weights),
    predictorEntrant(step, training, at),
    predictorEntrant(nothing, training, at),
  ];
  const columns = { part, range, context, step: last.step, inputScale };
  const key = foldIn(env.key, "evaluation");
  const rows = await measure(entrants, { law, context, prompts: PROMPTS[part], key, seed, columns });
  const alike =
    part === "trained" && weights !== null
      ? likeness(cell, mixer, last, step, law.draw(key, { from: 0, count: ALIKE.trained }, context))
      : {};
  // Closed forms belong to the setting, not to a seed: the first seed holds them.
  return rows.filter((row) => !row.exact || seed === 0).map((row) => (row.name === "lsa" ? { ...row, ...alike } : row));
}

const stepOf = ({ context }: LayerCell) => gradientStep.make(undefined, { features: FEATURES, context });

function halved({ risk, standardError }: Measurement): Row {
  return { loss: risk === null ? null : risk / 2, lossError: standardError === null ? null : standardError / 2 };
}
