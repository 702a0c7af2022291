import type { Population, Rows } from "../types.js";
import type { LinearRegression } from "./gaussian-linear.js";

/**
 * Regression in context that is not `LinearRegression`: pairs are i.i.d. given what the prompt keeps to itself (its task,
 * its covariance, its component). `family` names the kind. A law writes either its `pairs` moments, or the linear regression
 * that is its `twin` in what a class of predictors can see.
 */
export interface Regression extends Population {
  readonly features: number;
  /** Moments of pairs, all that a gradient step's risk depends on; from the twin where left out. */
  readonly pairs?: PairMoments;
  /** True where permuting features and turning their signs leaves the law as it is: best preconditioners are g I. */
  readonly symmetric: boolean;
  readonly twin?: Twin;
  /** E w w^T where y = w . x + noise, with w independent of the inputs. */
  readonly tasks?: Rows;
}

/** Two pairs (x_1, y_1), (x_2, y_2) and the query (x_q, y_q) of one prompt, in the mean over prompts. */
export interface PairMoments {
  /** E y_q^2, the noise of the query's label included. */
  readonly label: number;
  /** E[y_q y_1 (x_1 . x_q)]. */
  readonly cross: number;
  /** E[y_1 y_2 (x_1 . x_q) (x_2 . x_q)]. */
  readonly between: number;
  /** E[y_1^2 (x_1 . x_q)^2]. */
  readonly within: number;
}

/**
 * A linear regression with the same risk for every predictor of one class: `label-linear` predictions are linear in the
 * context's labels, `rotation` ones do not change where inputs and query are rotated together. A predictor that is both
 * has the twin's risk in either case.
 */
export interface Twin {
  readonly of: "label-linear" | "rotation";
  readonly population: LinearRegression;
}
