import { z } from "zod";
import { identity, scaled } from "../math/matrix.js";
import { rank, spectralMap, symmetricRoot } from "../math/symmetric.js";
import type { Law, Population, Rows, Unit } from "../types.js";
import {
  covarianceOption,
  covarianceProblem,
  covarianceRows,
  type Problem,
  taskCovarianceOption,
} from "./covariance.js";
import { drawn, drawnRecipe } from "./drawn.js";
import { linearQuery } from "./drawn-tasks.js";
import { coordinates, type InputsOption, inputsOption } from "./inputs.js";
import { regressionProgram, type Sampler } from "./regression-program.js";
import { rotatedPairs } from "./rotated-pairs.js";

/** Distribution of the i.i.d. unit-variance coordinates z behind the inputs x = B z. */
export interface Inputs {
  readonly kind: "gaussian" | "uniform" | "rademacher" | "student";
  /** E z^4 at unit variance: 3 Gaussian, 9/5 uniform, 1 Rademacher; Student t: 3 + 6 / (nu - 4), Infinity to nu = 4. */
  readonly kurtosis: number;
}

/** Linear regression in context: y = w . x + noise * e, with x = B z, B the symmetric root of `covariance`. */
export interface LinearRegression extends Population {
  readonly family: "linear-regression";
  readonly features: number;
  readonly inputs: Inputs;
  /** Covariance of the context inputs, d x d. */
  readonly covariance: Rows;
  /** Covariance of the query; differs from `covariance` only under a query shift. */
  readonly queryCovariance: Rows;
  /** E w w^T, d x d. */
  readonly taskCovariance: Rows;
  /** Standard deviation of the label noise, on context labels and on the query's label. */
  readonly noise: number;
}

/** What a law of linear regression is made of; matrices left out are the identity. */
export interface Settings {
  readonly features: number;
  /** Standard deviation of the label noise; 0 where left out. */
  readonly noise?: number;
  readonly inputs?: InputsOption;
  /** d x d, semidefinite. Uniform inputs on [-a, a] have this covariance times a^2 / 3. */
  readonly covariance?: Rows;
  /** E w w^T, d x d, semidefinite. */
  readonly taskCovariance?: Rows;
}

/**
 * Linear regression in context. One prompt with context n:
 *
 *   task  w = T g                  T, B: symmetric roots of the task's and the inputs' covariance
 *   ┌──────┬──────┬─────┬──────┬───────┐
 *   │ x_1  │ x_2  │ ... │ x_n  │ x_q   │   x_j = B z_j,  z and g i.i.d. of unit variance, g normal
 *   │ y_1  │ y_2  │ ... │ y_n  │ (y_q) │   y_j = w . x_j + noise e_j,  e normal; y_q, noisy too, is to be predicted
 *   └──────┴──────┴─────┴──────┴───────┘
 *
 * With one key a longer context continues a shorter one, and another noise, shift or range of lengths leaves the
 * tasks and inputs as they are.
 *
 * @throws RangeError on negative noise, or where a matrix is not symmetric, not semidefinite or not d x d.
 *
 * @example
 * import { linearRegressionLaw } from "iclab/laws/gaussian-linear";
 * import { keyOf } from "iclab/math/keys";
 *
 * const law = linearRegressionLaw({ features: 3, noise: 0.1 });
 * const { x, y, query } = law.draw(keyOf(1), { from: 0, count: 4 }, 8); // four prompts of eight labelled pairs
 * x.shape; // [4, 8, 3]
 * y.shape; // [4, 8, 1]
 * query.data.length; // 12
 * law.population.covariance[0]; // [1, 0, 0]
 */
export function linearRegressionLaw(settings: Settings): Law<LinearRegression> {
  const { features, noise = 0, covariance = identity(features), taskCovariance = identity(features) } = settings;
  if (!(noise >= 0 && noise < Number.POSITIVE_INFINITY))
    throw new RangeError(`the noise is a finite standard deviation of 0 or more, not ${noise}`);
  const drawing = coordinates(settings.inputs ?? "gaussian");
  for (const matrix of [covariance, taskCovariance])
    if (matrix.length !== features)
      throw new RangeError(`a law of ${features} features has covariances of ${features} rows, not ${matrix.length}`);
  const inputCovariance = scaled(covariance, drawing.variance);
  const population: LinearRegression = {
    family: "linear-regression",
    features,
    inputs: drawing.inputs,
    covariance: inputCovariance,
    queryCovariance: inputCovariance,
    taskCovariance,
    noise,
  };
  const input = symmetricRoot(inputCovariance);
  const roots = { input, query: input, task: symmetricRoot(taskCovariance) };
  return lawOf(population, { features, noise, coordinates: drawing, roots });
}

/** Rank of a long context's Gram matrix: without noise, labels are combinations of the inputs. */
const gramColumns = ({ features, noise }: LinearRegression): number => (noise === 0 ? features : features + 1);

function lawOf(population: LinearRegression, sampler: Sampler): Law<LinearRegression> {
  const program = regressionProgram(sampler);
  return {
    name: "gaussian-linear",
    features: population.features,
    population,
    program,
    gram(context) {
      if (population.inputs.kind !== "gaussian")
        return `only Gaussian inputs can be drawn as a Gram matrix, and these are ${population.inputs.kind}`;
      if (typeof context !== "number") return "a Gram matrix is drawn for one context length, and these are mixed";
      const columns = gramColumns(population);
      if (context <= columns) return program;
      return regressionProgram(sampler, rotatedPairs(context, population.features, columns));
    },
    draw: drawn(program, population.features),
    recipe: drawnRecipe(program, population.features),
    query: linearQuery(program, population.queryCovariance),
    shifted: ({ inputScale = 1, queryScale = 1, taskScale = 1 }) => {
      for (const factor of [inputScale, queryScale, taskScale])
        if (!(factor >= 0 && factor < Number.POSITIVE_INFINITY))
          throw new RangeError(`a shift multiplies by a finite factor of 0 or more, not ${factor}`);
      const shifted: LinearRegression = {
        ...population,
        covariance: scaled(population.covariance, inputScale ** 2),
        queryCovariance: scaled(population.queryCovariance, (inputScale * queryScale) ** 2),
        taskCovariance: scaled(population.taskCovariance, taskScale ** 2),
      };
      const roots = {
        input: scaled(sampler.roots.input, inputScale),
        query: scaled(sampler.roots.query, inputScale * queryScale),
        task: scaled(sampler.roots.task, taskScale),
      };
      return lawOf(shifted, { ...sampler, roots });
    },
  };
}

/** A contradiction between two fields is an issue at the one with the other in `params.against`. */
const options = z
  .strictObject({
    features: z.int().min(1).max(1024).describe("number d of entries of an input, 1 to 1024"),
    noise: z.number().min(0).default(0).describe("standard deviation of the label noise, 0 or more"),
    inputs: inputsOption.default("gaussian"),
    covariance: covarianceOption
      .default("identity")
      .describe("covariance of the inputs; U(-a, a) multiplies it by a^2 / 3"),
    taskCovariance: taskCovarianceOption.default("identity"),
  })
  .superRefine(({ features, covariance, taskCovariance }, context) => {
    const report = (field: string, { path, message, against }: Problem) =>
      context.addIssue({ code: "custom", path: [field, ...path], message, ...(against && { params: { against } }) });
    const problem = covarianceProblem(covariance, features);
    if (problem) report("covariance", problem);
    if (taskCovariance !== "inverse") {
      const taskProblem = covarianceProblem(taskCovariance, features);
      if (taskProblem) report("taskCovariance", taskProblem);
    } else if (!problem) {
      const active = rank(covarianceRows(covariance, features));
      const message = `the inputs' covariance has rank ${active} of ${features}, so it has no inverse`;
      if (active < features) report("taskCovariance", { path: [], message, against: "covariance" });
    }
  });

export type Options = z.infer<typeof options>;

const gaussianLinear: Unit<Options, Law<LinearRegression>> = {
  name: "gaussian-linear",
  says: "Linear regression in context: y = w . x + noise, with any covariance of inputs and tasks.",
  options,
  make({ features, noise, inputs, covariance, taskCovariance }) {
    const rows = covarianceRows(covariance, features);
    const { variance } = coordinates(inputs);
    const tasks =
      taskCovariance === "inverse"
        ? spectralMap(scaled(rows, variance), (value) => 1 / value)
        : covarianceRows(taskCovariance, features);
    return linearRegressionLaw({ features, noise, inputs, covariance: rows, taskCovariance: tasks });
  },
};

export default gaussianLinear;
