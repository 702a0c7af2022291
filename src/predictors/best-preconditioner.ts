import { hasLabelMoments } from "../theory/label-moments.js";
import { optimalPreconditioner } from "../theory/optimal-preconditioner.js";
import { type AnyRegression, linearTwin, regressionPrompts, regressionStep } from "../theory/step-moments.js";
import type { Predictor } from "../types.js";
import { linearInLabels, oneStep } from "./linear-in-labels.js";

/**
 * The step y = x_q^T A* m of least risk over all d x d matrices A: the closed form for linear regression and for laws with
 * its second moments (finite task pools), and g* I where the law has no preferred feature or sign: the risk is convex in
 * A, so that averaging A over permutations and signs of features, which leaves a multiple of I, never makes it worse.
 */
export const bestPreconditioner: Pick<Predictor<AnyRegression>, "applies" | "tune"> = {
  applies(population) {
    const regression = regressionPrompts(population);
    if (regression !== true) return regression;
    const linear = linearTwin(population, ["label-linear"]);
    if (linear) return hasLabelMoments(linear);
    const { symmetric } = population as { readonly symmetric?: boolean };
    return symmetric || `the best preconditioner of ${population.family} is known where no feature is preferred`;
  },
  tune(population, context) {
    const linear = linearTwin(population, ["label-linear"]);
    if (linear) return linearInLabels(optimalPreconditioner.value(linear, { context }));
    return oneStep(population.features, regressionStep.value(population, { context }));
  },
};
