import { z } from "zod";
import type { TaskPool } from "../laws/task-pool.js";
import { traceOfProduct } from "../math/matrix.js";
import { type AnyRegression, linearTwin, regressionPrompts } from "../theory/step-moments.js";
import type { Answer, Predictor, Rows, Unit } from "../types.js";
import { poolPosterior } from "./algorithms/pool-posterior.js";

/**
 * The posterior mean over a pool of tasks, the discrete minimum mean squared error (dMMSE) predictor: Bayes where tasks come
 * from the training pool, and no better than its nearest task where they do not. Without pairs it answers with the pool's
 * mean.
 * Source: Raventos, Paul, Chen, Ganguli 2023, Equation 3.
 */
const taskPoolPosterior: Predictor<TaskPool> = {
  name: "task-pool-posterior",
  kind: "predictor",
  source: { paper: "Raventos, Paul, Chen, Ganguli 2023", where: "Equation 3" },
  applies(population) {
    const regression = regressionPrompts(population);
    if (regression !== true) return regression;
    const { pool, family }: Partial<TaskPool> = population;
    return pool !== undefined || `the posterior over a pool needs a law with a pool of tasks, not ${family}`;
  },
  tune: ({ pool, noise }) => ({
    ...poolPosterior({ pool, noise }),
    risk: (test, context) =>
      context === 0
        ? meanRisk(pool, test)
        : { why: "the risk of the posterior over a pool has no closed form; it is sampled" },
  }),
};

/**
 * Risk of the pool's mean v as the task: s2 + tr(Lq E w w^T) - 2 v^T Lq E w + v^T Lq v, with E w of the test's own tasks: its
 * pool's mean, or 0.
 */
function meanRisk(pool: Rows, test: AnyRegression): Answer {
  const linear = linearTwin(test, ["label-linear"]);
  if (!linear) return { why: `the risk of a pool's mean is known for linear regression, not for ${test.family}` };
  const { queryCovariance, taskCovariance, noise } = linear;
  const [v, own] = [meanOf(pool), "pool" in test ? meanOf((test as TaskPool).pool) : null];
  const form = (a: readonly number[], b: readonly number[]) =>
    queryCovariance.reduce((total, row, i) => total + a[i]! * row.reduce((sum, entry, j) => sum + entry * b[j]!, 0), 0);
  const value =
    traceOfProduct(queryCovariance, taskCovariance) + noise ** 2 + form(v, v) - (own ? 2 * form(v, own) : 0);
  return { value, kind: "exact", source: taskPoolPosterior.source };
}

const meanOf = (pool: Rows): number[] =>
  pool[0]!.map((_, i) => pool.reduce((total, w) => total + w[i]!, 0) / pool.length);

const unit: Unit<object, Predictor<TaskPool>> = {
  name: "task-pool-posterior",
  says: "the posterior mean over the training law's pool of tasks: Bayes there",
  options: z.strictObject({}),
  make: () => taskPoolPosterior,
};

export default unit;
