import { agreement } from "../../src/evaluation/agreement.js";
import { effectivePreconditioner, weightDistance } from "../../src/evaluation/effective-weights.js";
import { type Entrant, modelEntrant, predictorEntrant } from "../../src/evaluation/entrant.js";
import { measure } from "../../src/evaluation/measure.js";
import { foldIn } from "../../src/math/keys.js";
import gradientStep from "../../src/predictors/gradient-step.js";
import zero from "../../src/predictors/zero.js";
import { optimalPreconditioner } from "../../src/theory/optimal-preconditioner.js";
import type { Env, Law, Measurement, Mixer, Row, Run, Snapshot } from "../../src/types.js";
import { type Cell, lawOf } from "./cells.js";

/** What a row says beside the risk; `loss` is half of it, as the paper plots. */
export type Result = Measurement;

/** Out-of-distribution scales of the inputs: alpha / (2 range), alpha the paper's axis. */
const SCALES = [0.5, 0.75, 1, 1.25, 1.5, 1.75, 2];

/** Prompts per point of a curve, of a claimed number (paired differences of 0.0005 then have errors of 0.0001), and of a likeness. */
const [ON_CURVES, CLAIMED, COMPARED] = [2000, 40_000, 1000];

/**
 * Three kinds of rows (`part`): `curve`, the layer at each snapshot beside one step of gradient descent; `trained`, the
 * last weights on the paper's 10^4 tasks; `scale`, the last weights on inputs of another range. Gradient descent keeps
 * the step of the training law throughout.
 */
export async function measureRuns(cell: Cell, runs: readonly Run[], { key }: Env): Promise<readonly Result[]> {
  const law = lawOf(cell);
  const run = runs[0]!;
  const last = run.snapshots.at(-1)!;
  const rows: Result[] = [];
  for (const snapshot of run.snapshots) {
    const curve = { part: "curve", step: snapshot.step };
    rows.push(...(await atWeights(cell, law, run, snapshot, { prompts: ON_CURVES, columns: curve, key })));
  }
  const ended = run.status === "ok" ? last : null;
  const trained = { part: "trained", step: last.step };
  rows.push(...(await atWeights(cell, law, run, ended, { prompts: CLAIMED, columns: trained, key })));
  for (const inputScale of SCALES) {
    const shifted = law.shifted({ inputScale });
    const columns = { part: "scale", step: last.step, inputScale };
    rows.push(...(await atWeights(cell, shifted, run, ended, { prompts: CLAIMED, columns, key })));
  }
  return rows;
}

async function atWeights(
  cell: Cell,
  law: ReturnType<typeof lawOf>,
  run: Run,
  snapshot: Snapshot | null,
  { prompts, columns, key }: { readonly prompts: number; readonly columns: Row; readonly key: Env["key"] },
): Promise<Result[]> {
  const { mixer } = run.trial;
  const training = { population: lawOf(cell).population, context: cell.context };
  const at = { population: law.population, context: cell.context };
  const model = modelEntrant("lsa", mixer, snapshot?.weights ?? null);
  const step = predictorEntrant(
    gradientStep.make(undefined, { features: law.features, context: cell.context }),
    training,
    at,
  );
  const nothing = predictorEntrant(zero.make({}, { features: law.features, context: cell.context }), training, at);
  const test = { law, context: cell.context, prompts, key: foldIn(key, "evaluation"), seed: cell.seed };
  const all = { range: cell.range, context: cell.context, ...columns };
  const rows = await measure([model, step, nothing], { ...test, columns: all });
  const alike = snapshot === null ? {} : likeness(mixer, snapshot, model, step, law, cell, test.key);
  // Closed forms belong to the setting, not to a seed: the first seed holds them.
  return rows
    .filter((row) => !row.exact || cell.seed === 0)
    .map((row) => ({ ...row, ...halved(row), ...(row.name === "lsa" ? alike : {}) }));
}

function halved({ risk, standardError }: Measurement): Row {
  return { loss: risk === null ? null : risk / 2, lossError: standardError === null ? null : standardError / 2 };
}

/** The paper's three measures of alignment with gradient descent, and the distance of the weights themselves. */
function likeness(
  mixer: Mixer,
  snapshot: Snapshot,
  model: Entrant,
  step: Entrant,
  law: Law,
  cell: Cell,
  key: Env["key"],
): Row {
  const prompts = law.draw(key, { from: 0, count: COMPARED }, cell.context);
  const found = agreement(model.predict!, step.predict!, prompts);
  const products = mixer.products(snapshot.weights);
  // The layer sums over pairs without dividing by n: its preconditioner is A / n.
  const scaled = effectivePreconditioner(products).map((row) => row.map((entry) => entry * cell.context));
  const optimum = optimalPreconditioner.value(lawOf(cell).population, { context: cell.context });
  const perPair = optimum.map((row) => row.map((entry) => entry / cell.context));
  const diagonal = scaled.map((row, i) => row[i]!);
  return {
    "distance.gradient-step": found.distance.mean,
    "distanceError.gradient-step": found.distance.standardError,
    "cosine.gradient-step": finite(found.cosine.mean),
    "cosineError.gradient-step": finite(found.cosine.standardError),
    "sensitivityDistance.gradient-step": found.sensitivityDistance.mean,
    weightDistance: weightDistance(products, perPair),
    effectiveStep: diagonal.reduce((sum, entry) => sum + entry, 0) / diagonal.length,
  };
}

const finite = (value: number) => (Number.isFinite(value) ? value : null);
