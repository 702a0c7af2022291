import type { LinearRegression } from "../laws/gaussian-linear.js";
import { product, traceOfProduct } from "../math/matrix.js";
import type { ClosedForm, Lengths } from "../types.js";
import { hasLabelMoments, labelMoments } from "./label-moments.js";
import { optimalPreconditioner } from "./optimal-preconditioner.js";
import { optimalStep } from "./optimal-step.js";
import { priorRisk } from "./prior-risk.js";

type At = { readonly context: Lengths };

/**
 * The least risk of one layer of linear attention trained and tested at one law, on noisy query labels:
 *
 *   R* = tr(Lq W) - tr(Lq A* E[m w^T]) + s2
 *
 * For isotropic Gaussian inputs and tasks R* = d (d + 1 + s2) / (n + d + 1 + s2) + s2.
 * Source: Ahn, Cheng, Daneshmand, Sra 2023, Theorem 1, put into (R).
 *
 * @example
 * import { linearRegressionLaw } from "iclab/laws/gaussian-linear";
 * import { leastRisk } from "iclab/theory/least-risk";
 *
 * const { population } = linearRegressionLaw({ features: 3, noise: 0.5 });
 * leastRisk.value(population, { context: 8 }); // 1.29082
 * leastRisk.source.where; // "Theorem 1"
 */
export const leastRisk: ClosedForm<LinearRegression, At> = {
  name: "least risk of linear attention",
  source: { paper: "Ahn, Cheng, Daneshmand, Sra 2023", where: "Theorem 1" },
  kind: "exact",
  applies: hasLabelMoments,
  value(population, at) {
    const { cross } = labelMoments(population, at.context);
    const best = optimalPreconditioner.value(population, at);
    return priorRisk.value(population, {}) - traceOfProduct(population.queryCovariance, best, cross);
  },
};

/**
 * The risk of the best gradient step, R = tr(Lq W) - g* tr(Lq E[m w^T]) + s2, which is
 * tr(Lq W) - tr(Lq E[m w^T])^2 / tr(Lq E[m m^T]) + s2. Never below `leastRisk`; equal where L and W are isotropic.
 * Source: Mahankali, Hashimoto, Ma 2024, Theorem 1.
 */
export const leastStepRisk: ClosedForm<LinearRegression, At> = {
  name: "least risk of a gradient step",
  source: { paper: "Mahankali, Hashimoto, Ma 2024", where: "Theorem 1" },
  kind: "exact",
  applies: hasLabelMoments,
  value(population, at) {
    const { cross } = labelMoments(population, at.context);
    const gain = traceOfProduct(product(population.queryCovariance, cross));
    return priorRisk.value(population, {}) - optimalStep.value(population, at) * gain;
  },
};
