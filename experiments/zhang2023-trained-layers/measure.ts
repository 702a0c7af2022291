import { crossingTime } from "../../src/evaluation/crossing-time.js";
import { effectivePreconditioner, weightDistance } from "../../src/evaluation/effective-weights.js";
import { modelEntrant, predictorEntrant } from "../../src/evaluation/entrant.js";
import { measure } from "../../src/evaluation/measure.js";
import { measureSnapshots } from "../../src/evaluation/measure-snapshots.js";
import { foldIn } from "../../src/math/keys.js";
import { identity, scaled, trace } from "../../src/math/matrix.js";
import lsaOptimum from "../../src/predictors/lsa-optimum.js";
import { readOff } from "../../src/predictors/read-off.js";
import zero from "../../src/predictors/zero.js";
import { flowLimit } from "../../src/theory/flow-limit.js";
import { gradientFlow } from "../../src/theory/gradient-flow.js";
import { layerRisk } from "../../src/theory/layer-risk.js";
import { leastRisk } from "../../src/theory/least-risk.js";
import { optimalPreconditioner } from "../../src/theory/optimal-preconditioner.js";
import { plateauTime } from "../../src/theory/plateau-time.js";
import { priorRisk } from "../../src/theory/prior-risk.js";
import { timeCourse } from "../../src/theory/time-course.js";
import type { Env, Measurement, Row, Run } from "../../src/types.js";
import { type Cell, FEATURES, lawOf, SCHEDULES, SIGMA, TIMES } from "./cells.js";

export type Result = Measurement;

/**
 * Prompts of each kind of row. Tests: risks have errors of 2 %, and paired with the optimum's of 0.1 %, at input factor
 * 3 of 0.3 %. Course: the claim is about the weights.
 */
const PROMPTS = { course: 2000, plateau: 500, test: 5000 };
/** Lengths of the prompts at test, and factors on their inputs. */
const [LENGTHS, FACTORS] = [
  [5, 10, 20, 40, 80, 160, 320],
  [0.5, 1, 1.5, 2, 3],
];

/**
 * Rows of `part` `flow` (population loss by the ODE and, isotropic, by its closed form), `course` (a layer trained by
 * SGD along the flow), `plateau` (one from a small random start) and `left` (when it left), `length` and `shift` (a layer trained to the optimum, tested at other lengths and input scales).
 */
export async function measureRuns(cell: Cell, runs: readonly Run[], env: Env): Promise<readonly Result[]> {
  return {
    flow: () => flowRows(cell),
    course: () => courseRows(cell, runs[0]!, env),
    plateau: () => plateauRows(cell, runs[0]!, env),
    optimum: () => shiftRows(cell, runs[0]!, env),
  }[cell.part]();
}

async function flowRows(cell: Cell): Promise<Result[]> {
  const { population } = lawOf(cell);
  const { context } = cell;
  const direction = scaled(identity(FEATURES), 1 / Math.sqrt(FEATURES));
  const times = TIMES[cell.inputs];
  const limit = flowLimit.value(population, { context, sigma: SIGMA });
  const states = gradientFlow.value(population, { context, sigma: SIGMA, direction, times });
  return states.flatMap(({ U, u, loss }, i) => {
    const time = times[i]!;
    const columns = { time, product: (u * trace(U)) / FEATURES, u, limitLoss: limit.loss, limitU: limit.u };
    const flow = exactRow(cell, "population-flow", loss, { ...columns, lossAboveLimit: loss - limit.loss });
    const at = { context, sigma: SIGMA, time };
    if (timeCourse.applies(population, at) !== true) return [flow];
    const closed = timeCourse.value(population, at);
    return [flow, exactRow(cell, "time-course", closed.loss, { ...columns, product: closed.p })];
  });
}

/** The loss is half the squared error: the risk is twice it. */
function exactRow(cell: Cell, name: string, loss: number, columns: Row): Result {
  const { inputs, context } = cell;
  const risk = 2 * loss;
  return {
    ...{ part: "flow", inputs, context, testContext: context, seed: null, name, kind: "theory", exact: true },
    ...{ risk, status: "ok", standardError: null, prompts: null, excess: risk, loss },
    ...columns,
  };
}

async function courseRows(cell: Cell, run: Run, { key }: Env): Promise<Result[]> {
  const law = lawOf(cell);
  const { inputs, context, seed } = cell;
  const columns = { part: "course", inputs, context };
  const test = { law, context, prompts: PROMPTS.course, key: foldIn(key, "evaluation"), seed, columns };
  const rows = await measureSnapshots("lsa", run, test);
  return rows.map((row, i) => {
    const snapshot = run.snapshots[i]!;
    const time = snapshot.step * SCHEDULES.course.rate;
    const predicted = timeCourse.value(law.population, { context, sigma: SIGMA, time });
    const A = effectivePreconditioner(run.trial.mixer.products(snapshot.weights));
    return {
      ...row,
      time,
      loss: row.risk === null ? null : row.risk / 2,
      product: trace(A) / FEATURES,
      predictedProduct: predicted.p,
      predictedLoss: predicted.loss,
    };
  });
}

/**
 * The layer along training with its risk sampled and, from its weights, exact, and a row of when the exact risk has fallen
 * half of the way to the least one: `leaves`, in time of the flow, beside the theory's `predictedLeaves` for this very start,
 * or null and in `predictedWhy` why there is none.
 */
async function plateauRows(cell: Cell, run: Run, { key }: Env): Promise<Result[]> {
  const law = lawOf(cell);
  const { population } = law;
  const { inputs, context, seed } = cell;
  const { mixer } = run.trial;
  const columns = { part: "plateau", inputs, context };
  const test = { law, context, prompts: PROMPTS.plateau, key: foldIn(key, "evaluation"), seed, columns };
  const snapshots = await measureSnapshots("lsa", run, test, (weights) =>
    readOff(layerRisk, population, { layer: mixer.products(weights), context }),
  );
  const curve = snapshots.map((row): Result => ({ ...row, time: (row.step as number) * SCHEDULES.plateau.rate }));
  const halfway = (priorRisk.value(population, {}) + leastRisk.value(population, { context })) / 2;
  const [times, risks] = [
    curve.map(({ time }) => time as number),
    curve.map(({ exactRisk }) => exactRisk as number | null),
  ];
  const predicted = readOff(plateauTime, population, { start: mixer.products(run.snapshots[0]!.weights), context });
  const left: Result = {
    ...{ ...columns, part: "left", testContext: context, name: "lsa", kind: "model", exact: false, seed },
    ...{ risk: null, status: run.status, standardError: null, prompts: null, excess: null },
    leaves: crossingTime(times, risks, halfway),
    predictedLeaves: "why" in predicted ? null : predicted.value,
    predictedWhy: "why" in predicted ? predicted.why : null,
  };
  return [...curve, left];
}

async function shiftRows(cell: Cell, run: Run, { key }: Env): Promise<Result[]> {
  const { inputs, context, seed } = cell;
  const trained = lawOf(cell);
  const site = { features: FEATURES, context };
  const last = run.status === "ok" ? run.snapshots.at(-1)! : null;
  const optimum = optimalPreconditioner.value(trained.population, { context });
  const weights = last && { weightDistance: weightDistance(run.trial.mixer.products(last.weights), optimum) };
  const tests = [
    ...LENGTHS.map((testContext) => ({ part: "length", testContext, factor: 1 })),
    ...FACTORS.map((factor) => ({ part: "shift", testContext: context, factor })),
  ];
  const rows: Result[] = [];
  for (const { part, testContext, factor } of tests) {
    const law = trained.shifted({ inputScale: factor });
    const at = { population: law.population, context: testContext };
    const training = { population: trained.population, context };
    const entrants = [
      modelEntrant("lsa", run.trial.mixer, last?.weights ?? null),
      ...[lsaOptimum.make({}, site), zero.make({}, site)].map((each) => predictorEntrant(each, training, at)),
    ];
    const columns = { part, inputs, context, factor };
    const test = { law, context: testContext, prompts: PROMPTS.test, key: foldIn(key, "evaluation"), seed, columns };
    for (const row of await measure(entrants, test))
      if (!row.exact || seed === 0) rows.push(row.name === "lsa" ? { ...row, ...weights } : row);
  }
  return rows;
}
