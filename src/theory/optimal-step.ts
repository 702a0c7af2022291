import type { LinearRegression } from "../laws/gaussian-linear.js";
import { product, traceOfProduct } from "../math/matrix.js";
import type { ClosedForm, Lengths } from "../types.js";
import { hasLabelMoments, labelMoments } from "./label-moments.js";

/**
 * The step of least risk of one GD step from 0, A = g I in (R): g* = tr(Lq E[m w^T]) / tr(Lq E[m m^T]). For isotropic
 * Gaussian inputs and tasks g* = n / (n + d + 1 + s2). Where nothing is ever seen (an empty prompt) it is 0.
 * Source: Mahankali, Hashimoto, Ma 2024, Theorem 1 (isotropic, there n times smaller as the sum is not divided by n).
 *
 * @example
 * import { linearRegressionLaw } from "iclab/laws/gaussian-linear";
 * import { optimalStep } from "iclab/theory/optimal-step";
 *
 * const { population } = linearRegressionLaw({ features: 3, noise: 0.5 });
 * optimalStep.applies(population, { context: 8 }); // true
 * optimalStep.value(population, { context: 8 }); // 0.65306
 */
export const optimalStep: ClosedForm<LinearRegression, { readonly context: Lengths }> = {
  name: "optimal step",
  source: { paper: "Mahankali, Hashimoto, Ma 2024", where: "Theorem 1" },
  kind: "exact",
  applies: hasLabelMoments,
  value(population, { context }) {
    const { cross, second } = labelMoments(population, context);
    const gain = traceOfProduct(population.queryCovariance, cross);
    return gain === 0 ? 0 : gain / traceOfProduct(product(population.queryCovariance, second));
  },
};
