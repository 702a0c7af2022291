import { modelEntrant, predictorEntrant } from "../../src/evaluation/entrant.js";
import { measure } from "../../src/evaluation/measure.js";
import { measureSnapshots } from "../../src/evaluation/measure-snapshots.js";
import { foldIn } from "../../src/math/keys.js";
import { interpolated } from "../../src/mixers/interpolation.js";
import gdPlusPlus from "../../src/predictors/gd-plus-plus.js";
import gradientDescent from "../../src/predictors/gradient-descent.js";
import gradientDescentUntied from "../../src/predictors/gradient-descent-untied.js";
import zero from "../../src/predictors/zero.js";
import type { Env, Measurement, Predictor, Row, Run, Weights } from "../../src/types.js";
import { constructedWeights, loopedColumns, ofMeans, trainedConstants } from "./construction.js";
import { families } from "./families.js";
import { codeLaw, FEATURES } from "./laws.js";
import { type StackCell, stackOf } from "./more-cells.js";

/** Paired with an algorithm of nearly the same predictions, a loss is known to a percent of a percent or better. */
const PROMPTS = { curve: 4000, stack: 20_000, interpolation: 5000, family: 4000 };

/** Of the constructed weights in the mixture: the paper takes 1/2. */
const SHARES = [0, 0.25, 0.5, 0.75, 1];

/**
 * Rows of `part` `stack` (the trained stack beside gradient descent and GD++ of as many layers with their best constants),
 * `stack-curve` (its loss over training), `interpolation` (weights between the trained and the constructed ones, where all
 * are trained) and `family` (looped stacks beside the same algorithms on laws that neither has seen).
 */
export async function stackRows(cell: StackCell, run: Run, env: Env): Promise<Measurement[]> {
  const weights = run.status === "ok" ? run.snapshots.at(-1)!.weights : null;
  return [
    ...(await curveRows(cell, run, env)),
    ...(await comparedRows(cell, run, weights, env)),
    ...(weights !== null && cell.form === "full" ? await interpolationRows(cell, run, weights, env) : []),
    ...(cell.tied ? await familyRows(cell, run, weights, env) : []),
  ];
}

const columnsOf = ({ form, depth, tied, context }: StackCell, part: string) => ({ part, form, depth, tied, context });

/** The best constants of GD++ with five layers of their own are a search of a minute, and are left out. */
function algorithms({ depth, tied, context }: StackCell): Predictor<typeof codeLaw.population>[] {
  const site = { features: FEATURES, context };
  if (depth === 1) return [gradientDescent.make(1, site)];
  if (tied) return [gradientDescent.make(depth, site), gdPlusPlus.make(depth, site)];
  const descent = gradientDescentUntied.make(depth, site);
  return depth <= 2 ? [descent, gdPlusPlus.make({ untied: depth }, site)] : [descent];
}

async function curveRows(cell: StackCell, run: Run, { key }: Env): Promise<Measurement[]> {
  const { context, seed } = cell;
  const stream = { law: codeLaw, context, prompts: PROMPTS.curve, key: foldIn(key, "evaluation") };
  return measureSnapshots("stack", run, { ...stream, seed, columns: columnsOf(cell, "stack-curve") });
}

async function comparedRows(cell: StackCell, run: Run, weights: Weights | null, { key }: Env): Promise<Measurement[]> {
  const { context, seed, tied } = cell;
  const at = { population: codeLaw.population, context };
  const entrants = [
    modelEntrant("stack", run.trial.mixer, weights),
    ...algorithms(cell).map((each) => predictorEntrant(each, at, at)),
  ];
  const stream = { law: codeLaw, context, prompts: PROMPTS.stack, key: foldIn(key, "evaluation") };
  const rows = await measure(entrants, { ...stream, seed, columns: columnsOf(cell, "stack") });
  const constants = weights && tied ? loopedColumns(trainedConstants(run.trial.mixer, weights, context), context) : {};
  return rows
    .filter((row) => !row.exact || seed === 0)
    .map((row) => (row.name === "stack" ? { ...row, ...constants } : row));
}

async function interpolationRows(cell: StackCell, run: Run, weights: Weights, { key }: Env): Promise<Measurement[]> {
  const { context, seed } = cell;
  const { mixer } = run.trial;
  const constructed = constructedWeights(cell);
  const at = { population: codeLaw.population, context };
  const stream = { law: codeLaw, context, prompts: PROMPTS.interpolation, key: foldIn(key, "evaluation") };
  const rows: Measurement[] = [];
  for (const share of SHARES) {
    const entrants = [
      modelEntrant("mixture", mixer, interpolated(weights, constructed, share)),
      ...algorithms(cell).map((each) => predictorEntrant(each, at, at)),
    ];
    const columns = { ...columnsOf(cell, "interpolation"), share };
    rows.push(...(await measure(entrants, { ...stream, seed, columns })).filter((row) => !row.exact));
  }
  return rows;
}

/** The algorithms keep the constants of the training law. Where lengths differ, sums and means over pairs do. */
async function familyRows(cell: StackCell, run: Run, weights: Weights | null, { key }: Env): Promise<Measurement[]> {
  const { seed, context: trained } = cell;
  const training = { population: codeLaw.population, context: trained };
  const means = stackOf(cell, "own");
  const nothing = zero.make({}, { features: FEATURES, context: trained });
  const rows: Measurement[] = [];
  for (const { columns, law, context } of families) {
    const at = { population: law.population, context };
    const entrants = [
      modelEntrant("stack", means, weights && ofMeans(weights, trained)),
      ...(context === trained ? [] : [modelEntrant("stack of sums", run.trial.mixer, weights)]),
      ...[...algorithms(cell), nothing].map((each) => predictorEntrant(each, training, at)),
    ];
    const stream = { law, context, prompts: PROMPTS.family, key: foldIn(key, "evaluation") };
    const measured: Row = { ...columnsOf(cell, "family"), ...columns, context: trained };
    const found = await measure(entrants, { ...stream, seed, columns: measured as Row & { context: number } });
    rows.push(...found.filter((row) => !row.exact));
  }
  return rows;
}
