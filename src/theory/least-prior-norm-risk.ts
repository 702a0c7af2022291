import type { LinearRegression } from "../laws/gaussian-linear.js";
import { largestEntry, product, scaled, sum, transpose } from "../math/matrix.js";
import { spectralMap, symmetricRoot } from "../math/symmetric.js";
import type { ClosedForm, Rows } from "../types.js";
import { leastSquaresRisk } from "./least-squares-risk.js";
import { regressionOnly } from "./regression-only.js";

/** The context of the test, and the tasks' covariance that the posterior was made for, d x d. */
export interface AtPrior {
  readonly context: number;
  readonly prior: Rows;
}

/**
 * Exact risk, on noisy query labels, of the posterior mean that believes in w ~ N(0, P) and no label noise: among the w
 * that fit best it takes the one of least w^T P^-1 w. With w = P^(1/2) v it is least squares of minimum norm in v, so
 * that its risk is `leastSquaresRisk` for inputs P^(1/2) x and tasks P^(-1/2) w: a projection, and 0 beyond the noise
 * once n reaches the rank of P^(1/2) L P^(1/2). The test may have noise and other tasks, as long as P does not exclude
 * them.
 * Source: Belkin, Hsu, Xu 2020, Theorem 1, after that change of variables.
 */
export const leastPriorNormRisk: ClosedForm<LinearRegression, AtPrior> = {
  name: "risk of least prior norm",
  source: leastSquaresRisk.source,
  kind: "exact",
  applies(population, { context, prior }) {
    const regression = regressionOnly(population);
    if (regression !== true || context === 0) return regression;
    if (!excludes(prior, population.taskCovariance))
      return leastSquaresRisk.applies(whitened(population, prior), { context });
    return "the risk of a posterior without noise is known for tasks in the range of its prior";
  },
  value: (population, { context, prior }) =>
    context === 0
      ? leastSquaresRisk.value(population, { context })
      : leastSquaresRisk.value(whitened(population, prior), { context }),
};

/** The population of the inputs P^(1/2) x and the tasks P^(-1/2) w. */
function whitened(population: LinearRegression, prior: Rows): LinearRegression {
  const root = symmetricRoot(prior);
  const inverse = inverseRoot(prior);
  const { covariance, queryCovariance, taskCovariance } = population;
  return {
    ...population,
    covariance: congruent(root, covariance),
    queryCovariance: congruent(root, queryCovariance),
    taskCovariance: congruent(inverse, taskCovariance),
  };
}

/** Whether tasks have a part outside the range of the prior. */
function excludes(prior: Rows, tasks: Rows): boolean {
  const projection = product(symmetricRoot(prior), inverseRoot(prior));
  const gap = sum(tasks, scaled(congruent(projection, tasks), -1));
  return largestEntry(gap) > 64 * prior.length * Number.EPSILON * largestEntry(tasks);
}

/** The root of the pseudo-inverse. */
function inverseRoot(prior: Rows): Rows {
  return spectralMap(prior, (eigenvalue) => (eigenvalue > 0 ? 1 / Math.sqrt(eigenvalue) : 0));
}

/** R A R for symmetric R and A, exactly symmetric. */
function congruent(root: Rows, matrix: Rows): Rows {
  const turned = product(root, matrix, root);
  return scaled(sum(turned, transpose(turned)), 1 / 2);
}
