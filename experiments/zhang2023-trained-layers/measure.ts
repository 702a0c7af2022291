import { effectivePreconditioner, weightDistance } from "../../src/evaluation/effective-weights.js";
import { modelEntrant, predictorEntrant } from "../../src/evaluation/entrant.js";
import { measure } from "../../src/evaluation/measure.js";
import { measureSnapshots } from "../../src/evaluation/measure-snapshots.js";
import { foldIn } from "../../src/math/keys.js";
import { identity, scaled, trace } from "../../src/math/matrix.js";
import lsaOptimum from "../../src/predictors/lsa-optimum.js";
import zero from "../../src/predictors/zero.js";
import { flowLimit } from "../../src/theory/flow-limit.js";
import { gradientFlow } from "../../src/theory/gradient-flow.js";
import { optimalPreconditioner } from "../../src/theory/optimal-preconditioner.js";
import { timeCourse } from "../../src/theory/time-course.js";
import type { Env, Measurement, Row, Run } from "../../src/types.js";
import { type Cell, FEATURES, lawOf, SCHEDULES, SIGMA, TIMES } from "./cells.js";

export type Result = Measurement;

/**
 * Prompts of each kind of row. Tests: risks have errors of 2 %, and paired with the optimum's of 0.1 %, at input factor
 * 3 of 0.3 %. Course: the claim is about the weights.
 */
const PROMPTS = { course: 2000, test: 5000 };
/** Lengths of the prompts at test, and factors on their inputs. */
const [LENGTHS, FACTORS] = [
  [5, 10, 20, 40, 80, 160, 320],
  [0.5, 1, 1.5, 2, 3],
];

/**
 * Rows of `part` `flow` (population loss by the ODE and, isotropic, by its closed form), `course` (a layer trained by
 * SGD along the flow), `length` and `shift` (a layer trained to the optimum, tested at other lengths and input scales).
 */
export async function measureRuns(cell: Cell, runs: readonly Run[], env: Env): Promise<readonly Result[]> {
  return {
    flow: () => flowRows(cell),
    course: () => courseRows(cell, runs[0]!, env),
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
