import { type Entrant, modelEntrant, predictorEntrant } from "../../src/evaluation/entrant.js";
import { measure } from "../../src/evaluation/measure.js";
import { foldIn } from "../../src/math/keys.js";
import { spectralMap } from "../../src/math/symmetric.js";
import { whitenedDescent } from "../../src/predictors/algorithms/whitened-descent.js";
import gdPlusPlus from "../../src/predictors/gd-plus-plus.js";
import { untiedDescent } from "../../src/theory/untied-descent.js";
import type { Env, Measurement, Row, Run } from "../../src/types.js";
import { FEATURES, lawOf } from "./laws.js";
import type { StackCell } from "./stack-cells.js";
import { orderOfSteps, type TrainedLayer, trainedLayers } from "./stack-layers.js";

/**
 * The squared error of deep stacks has heavy tails: with three layers a risk over the best steps' on as many common
 * prompts has an error of 0.002 to 0.013, with four of up to 0.04, where single prompts decide.
 */
const PROMPTS = 20_000;

const columnsOf = ({ form, inputs, tasks, depth, context }: StackCell, part: string) => ({
  ...{ part, form, inputs, tasks, depth, context },
});

/**
 * Rows of `part` `stack` (the trained stack beside the best untied steps of as many layers, and where it has curvatures
 * beside GD++), `layer` (constants of each layer) and `layer-curve` (Dist of each over training, on rotated inputs).
 */
export async function stackRows(cell: StackCell, run: Run, env: Env): Promise<Measurement[]> {
  const compared = await riskRows(cell, run, env);
  if (run.status !== "ok") return compared;
  const last = trainedLayers(cell, run.trial.mixer, run.snapshots.at(-1)!);
  return [
    ...compared.map((row) => (row.name === "stack" ? { ...row, ...constantsOf(last) } : row)),
    ...last.map(({ step, curvature }, l) => ({ ...blankRow(cell, "layer"), layer: l + 1, size: step, curvature })),
    ...(cell.inputs === "rotated" ? curveRows(cell, run) : []),
  ];
}

async function riskRows(cell: StackCell, run: Run, { key }: Env): Promise<Measurement[]> {
  const { form, context, depth, seed } = cell;
  const law = lawOf(cell);
  const weights = run.status === "ok" ? run.snapshots.at(-1)!.weights : null;
  const at = { population: law.population, context };
  const site = { features: FEATURES, context };
  const peers = form === "curved" ? [predictorEntrant(gdPlusPlus.make({ untied: depth }, site), at, at)] : [];
  const entrants = [modelEntrant("stack", run.trial.mixer, weights), untiedSteps(cell), ...peers];
  const stream = { law, context, prompts: PROMPTS, key: foldIn(key, "evaluation") };
  const rows = await measure(entrants, { ...stream, seed, columns: columnsOf(cell, "stack") });
  // Closed forms belong to the setting: the first seed of the stacks without curvatures holds them.
  const kept = rows.filter((row) => !row.exact || (seed === 0 && form === "steps"));
  return kept.map((row) => (row.kind === "theory" ? { ...row, ...named(bestSteps(cell).sizes) } : row));
}

/** By invariance those of isotropic inputs, as tasks are isotropic with them or have the inverse covariance. */
function bestSteps({ context, depth }: StackCell) {
  const isotropic = lawOf({ inputs: "isotropic", tasks: "identity" }).population;
  return untiedDescent.value(isotropic, { context, steps: depth });
}

/** The best steps of as many layers, w <- w - a_l Sigma^-1 grad, and their exact risk. */
function untiedSteps(cell: StackCell): Entrant {
  const { sizes, risk } = bestSteps(cell);
  const inverseRoot = spectralMap(lawOf(cell).population.covariance, (value) => 1 / Math.sqrt(value));
  const tuned = whitenedDescent({ inverseRoot, steps: sizes });
  return {
    ...{ name: `untied-steps-${cell.depth}`, kind: "theory" },
    predict: tuned.predict,
    recipe: () => tuned.recipe,
    exact: { value: risk, kind: untiedDescent.kind, source: untiedDescent.source },
  };
}

/** Sizes in ascending order; curvatures layer by layer; the largest Dist of any layer, and the least Dist(A, I). */
function constantsOf(layers: readonly TrainedLayer[]): Row {
  const sizes = layers.map(({ step }) => step).sort((a, b) => a - b);
  const of = (column: "distance" | "whitenedDistance") => layers.map((layer) => layer[column] ?? Number.NaN);
  return {
    ...named(sizes),
    ...Object.fromEntries(layers.map(({ curvature }, l) => [`curvature${l + 1}`, curvature])),
    largestWhitenedDistance: Math.max(...of("whitenedDistance")),
    leastDistance: Math.min(...of("distance")),
  };
}

const named = (sizes: readonly number[]): Row => Object.fromEntries(sizes.map((size, i) => [`size${i + 1}`, size]));

function curveRows(cell: StackCell, run: Run): Measurement[] {
  const order = orderOfSteps(cell, run);
  return run.snapshots.flatMap((snapshot) => {
    const layers = trainedLayers(cell, run.trial.mixer, snapshot);
    return order.map((l, rank) => {
      const { step: size, distance, whitenedDistance } = layers[l]!;
      const common = { ...blankRow(cell, "layer-curve"), step: snapshot.step };
      return { ...common, rank: rank + 1, size, distance, whitenedDistance };
    });
  });
}

/** A row of the trained weights, which has no risk of its own. */
function blankRow(cell: StackCell, part: string): Measurement {
  const { context, seed } = cell;
  return {
    ...columnsOf(cell, part),
    ...{ context, testContext: context, name: "stack", kind: "model", exact: false, seed },
    ...{ risk: null, status: "ok", standardError: null, prompts: null, excess: null },
  };
}
