import type { LinearRegression } from "../laws/gaussian-linear.js";
import { trace } from "../math/matrix.js";
import { eigen, rank } from "../math/symmetric.js";
import type { ClosedForm } from "../types.js";
import { flowApplies } from "./flow-applies.js";

/** Lengths of training and of the test. */
export interface AtTrainedLength {
  readonly trained: number;
  readonly context: number;
}

/**
 * Upper bound on the risk of the trained layer at test length M after training at length N, both without noise:
 *
 *   E (y - y_q)^2 <= (d + 1) tr(L) / M + (1 + 2 d + d^2 kappa) tr(L) / N^2,   kappa the condition number of L.
 *
 * It has the right powers of M and N and is loose: `preconditionerRisk` at `optimalPreconditioner` is the exact risk.
 * Source: Zhang, Frei, Bartlett 2024, Corollary 4.3.
 */
export const testLengthBound: ClosedForm<LinearRegression, AtTrainedLength> = {
  name: "bound on the risk at another length",
  source: { paper: "Zhang, Frei, Bartlett 2024", where: "Corollary 4.3" },
  kind: "upper-bound",
  applies(population, { context, trained }) {
    const flow = flowApplies(population, Math.min(context, trained));
    if (flow !== true) return flow;
    if (population.noise !== 0) return "the bound is derived for labels without noise";
    return rank(population.covariance) === population.features || "the bound is derived for inputs that span the space";
  },
  value({ features: d, covariance }, { context, trained }) {
    const { values } = eigen(covariance);
    const condition = values.at(-1)! / values[0]!;
    const total = trace(covariance);
    return ((d + 1) * total) / context + ((1 + 2 * d + d ** 2 * condition) * total) / trained ** 2;
  },
};
