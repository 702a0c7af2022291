import type { LinearRegression } from "../../src/laws/gaussian-linear.js";
import { identity, scaled } from "../../src/math/matrix.js";
import { optimalPreconditioner } from "../../src/theory/optimal-preconditioner.js";
import { isLinear, regressionStep } from "../../src/theory/step-moments.js";
import type { Rows } from "../../src/types.js";
import { type Cell, FEATURES, lawOf } from "./cells.js";

/** What the theorems predict of a cell. The paper's layer does not divide by n: its step is n times smaller than ours. */
export interface Predicted {
  /** The paper's step. */
  readonly eta: number;
  /** The preconditioner of the layer, n eta S^-1; S is the identity but in Theorem 2. */
  readonly preconditioner: Rows;
  readonly covariance: Rows;
}

export function predictedOf(cell: Cell): Predicted {
  const { population } = lawOf(cell);
  const { context } = cell;
  if (isLinear(population)) return linear(population, context);
  const step = regressionStep.value(population, { context });
  const covariance = identity(FEATURES);
  return { eta: step / context, preconditioner: scaled(covariance, step), covariance };
}

/** Theorems 1 and 2: eta = 1 / (n + d + 1 + s2) whatever the covariance is; the preconditioner is its own closed form. */
function linear(population: LinearRegression, context: number): Predicted {
  return {
    eta: 1 / (context + FEATURES + 1 + population.noise ** 2),
    preconditioner: optimalPreconditioner.value(population, { context }),
    covariance: population.covariance,
  };
}
