import type { LinearRegression } from "../laws/gaussian-linear.js";
import { product, traceOfProduct, transpose } from "../math/matrix.js";
import type { ClosedForm, Lengths, Rows } from "../types.js";
import { hasLabelMoments, labelMoments } from "./label-moments.js";

/** A preconditioner and the context at which its layer is tested. */
export interface AtPreconditioner {
  readonly preconditioner: Rows;
  readonly context: Lengths;
}

/**
 * Exact risk of one layer of linear attention whose only term is the preconditioner A, y = x_q^T A m with
 * m = (1/n) sum_j y_j x_j, on noisy query labels, in units of the label squared:
 *
 *   R(A) = tr(Lq W) - 2 tr(Lq A E[m w^T]) + tr(Lq A E[m m^T] A^T) + s2                                     (R)
 *
 * The population is the *test*'s: query covariance Lq, context covariance, task covariance W and noise s2 may all
 * differ from those that A was made for. One GD step from 0 of rate g on (1/2n) sum_j (w . x_j - y_j)^2 has A = g I.
 * Source: Zhang, Frei, Bartlett 2024, Theorem 4.2, averaged over tasks; the kurtosis of the inputs added.
 */
export const preconditionerRisk: ClosedForm<LinearRegression, AtPreconditioner> = {
  name: "risk of a preconditioner",
  source: { paper: "Zhang, Frei, Bartlett 2024", where: "Theorem 4.2" },
  kind: "exact",
  applies: hasLabelMoments,
  value(population, { preconditioner, context }) {
    const { queryCovariance, taskCovariance, noise } = population;
    const { cross, second } = labelMoments(population, context);
    const weighted = product(queryCovariance, preconditioner);
    const missed = traceOfProduct(weighted, cross);
    const spread = traceOfProduct(weighted, second, transpose(preconditioner));
    return traceOfProduct(queryCovariance, taskCovariance) - 2 * missed + spread + noise ** 2;
  },
};
