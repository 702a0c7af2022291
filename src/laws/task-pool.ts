import { z } from "zod";
import { mul } from "../kernels/arithmetic.js";
import { dot, vector } from "../kernels/vector.js";
import { addWord, mulWord } from "../kernels/words.js";
import { Draws } from "../math/draws.js";
import { foldIn, keyOf } from "../math/keys.js";
import { identity, product, scaled, transpose } from "../math/matrix.js";
import { symmetricRoot } from "../math/symmetric.js";
import type { Law, Rows, Unit } from "../types.js";
import { type CovarianceOption, covarianceOption, covarianceProblem, covarianceRows } from "./covariance.js";
import { linearRegressionLaw } from "./gaussian-linear.js";
import { pairwiseLaw } from "./pairwise-law.js";
import type { Regression } from "./regression.js";
import { settingsMatrix } from "./settings-matrix.js";

/** Linear regression whose tasks are drawn from finitely many. */
export interface TaskPool extends Regression {
  readonly family: "task-pool-regression";
  /** The tasks w_1, .., w_T, each as likely: T x d. */
  readonly pool: Rows;
}

/** What a law of a task pool is made of. */
export interface PoolSettings {
  /** T x d. */
  readonly pool: Rows;
  /** Standard deviation of the label noise; 0 where left out. */
  readonly noise?: number;
  /** Covariance of the inputs, the identity where left out. */
  readonly covariance?: Rows;
}

/** Numbers in a pool, 32 MB in float64. */
const LARGEST = 2 ** 22;

/**
 * Linear regression with task diversity T: every prompt's task is one of w_1, .., w_T, each with probability 1 / T; x ~ N(0, L),
 * y = w . x + noise e. What is linear in labels sees of the tasks only E w w^T = (1/T) sum_t w_t w_t^T, which is the twin's;
 * the Bayes predictor knows the pool and leaves ridge regression behind as long as T is not large.
 * Source: Raventos, Paul, Chen, Ganguli 2023, Section 2.
 *
 * @throws RangeError where the pool is empty or not T x d, or its numbers, the noise or the covariance are none.
 */
export function taskPoolLaw({
  pool,
  noise = 0,
  covariance = identity(pool[0]?.length ?? 0),
}: PoolSettings): Law<TaskPool> {
  const [count, d] = [pool.length, covariance.length];
  if (count === 0 || pool.some((task) => task.length !== d || !task.every(Number.isFinite)))
    throw new RangeError(`a pool is one task or more, each of ${d} finite numbers`);
  const moments = scaled(product(transpose(pool), pool), 1 / count);
  // Rounding leaves sums of products unequal in their last digit; a covariance is symmetric.
  const taskCovariance = moments.map((row, i) => row.map((entry, j) => (i >= j ? entry : moments[j]![i]!)));
  const linear = linearRegressionLaw({ features: d, noise, covariance, taskCovariance });
  const root = settingsMatrix(symmetricRoot(covariance));
  return pairwiseLaw("task-pool", (scales) => {
    const twin = linear.shifted({ inputScale: scales.input, queryScale: scales.query, taskScale: scales.task });
    return {
      population: {
        ...{ family: "task-pool-regression", features: d, noise, symmetric: false },
        pool: scaled(pool, scales.task),
        tasks: twin.population.taskCovariance,
        twin: { of: "label-linear", population: twin.population },
      },
      queryCovariance: twin.population.queryCovariance,
      pairwise: {
        ...{ features: d, noise, scales },
        structure: `a pool of ${count} tasks, ${root.kind} inputs`,
        settings: root.numbers,
        tables: { pool: Float64Array.from(pool.flat()) },
        open(stream, { settings, taskScale, inputs }) {
          const start = mulWord(stream.integer(count), d);
          const tasks = inputs.table("pool");
          const w = vector(d, (i) => mul(taskScale, tasks.at(addWord(start, i))));
          return { input: (x) => root.times(settings, x), label: (x) => dot(w, x), task: () => w };
        },
      },
    };
  });
}

/** T tasks from N(0, W), by a pool's own seed: pools of one seed and more tasks begin with the same ones. */
export function normalPool(count: number, covariance: Rows, seed: number): Rows {
  const draws = new Draws(foldIn(keyOf(seed), "task pool"));
  const root = symmetricRoot(covariance);
  const tasks = Array.from({ length: count }, () => covariance.map(() => draws.normal()));
  return product(tasks, root);
}

const options = z
  .strictObject({
    features: z.int().min(1).max(1024).describe("number d of entries of an input, 1 to 1024"),
    noise: z.number().min(0).default(0).describe("standard deviation of the label noise, 0 or more"),
    covariance: covarianceOption.default("identity").describe("covariance of the inputs"),
    tasks: z.int().min(1).max(LARGEST).describe("number T of tasks in the pool, 1 or more"),
    taskCovariance: covarianceOption.default("identity").describe("covariance that the pool's tasks are drawn from"),
    pool: z.int().min(0).default(0).describe("seed of the pool"),
  })
  .superRefine(({ features, covariance, taskCovariance, tasks }, context) => {
    const check = (field: string, option: CovarianceOption) => {
      const problem = covarianceProblem(option, features);
      if (!problem) return;
      const { path, message, against } = problem;
      context.addIssue({ code: "custom", path: [field, ...path], message, ...(against && { params: { against } }) });
    };
    check("covariance", covariance);
    check("taskCovariance", taskCovariance);
    if (tasks * features > LARGEST)
      context.addIssue({
        code: "custom",
        path: ["tasks"],
        message: `a pool has at most ${LARGEST} numbers, and ${tasks} tasks of ${features} features have more`,
        params: { against: "features" },
      });
  });

const unit: Unit<z.infer<typeof options>, Law<TaskPool>> = {
  name: "task-pool",
  says: "Linear regression whose tasks are drawn from a pool of finitely many.",
  options,
  make: ({ features, noise, covariance, tasks, taskCovariance, pool }) =>
    taskPoolLaw({
      pool: normalPool(tasks, covarianceRows(taskCovariance, features), pool),
      noise,
      covariance: covarianceRows(covariance, features),
    }),
};

export default unit;
