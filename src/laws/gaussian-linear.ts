import type { Population, Rows } from "../types.js";

/** Distribution of the i.i.d. unit-variance coordinates z behind the inputs x = B z. */
export interface Inputs {
  readonly kind: "gaussian" | "uniform" | "rademacher" | "student";
  /** E z^4 of a coordinate scaled to unit variance: 3 for a Gaussian, 9/5 uniform, 1 Rademacher; Infinity for Student t with nu <= 4. */
  readonly kurtosis: number;
}

/** Population of linear regression in context: y = w . x + noise * e, with x = B z, B the symmetric root of `covariance`. */
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
