import { z } from "zod";
import type { LinearRegression } from "../laws/gaussian-linear.js";
import { hasLabelMoments } from "../theory/label-moments.js";
import { optimalPreconditioner } from "../theory/optimal-preconditioner.js";
import type { Predictor, Unit } from "../types.js";
import { linearInLabels } from "./linear-in-labels.js";

/** One preconditioned step of gradient descent from 0, y = x_q^T A* (1/n) sum_j y_j x_j, with A* of least exact risk. */
const preconditionedGradientStep: Predictor<LinearRegression> = {
  name: "preconditioned-gradient-step",
  kind: "predictor",
  source: { paper: "Ahn, Cheng, Daneshmand, Sra 2023", where: "Lemma 1" },
  applies: hasLabelMoments,
  tune: (population, context) => linearInLabels(optimalPreconditioner.value(population, { context })),
};

const unit: Unit<object, Predictor<LinearRegression>> = {
  name: "preconditioned-gradient-step",
  says: "one step of gradient descent with the best preconditioner for the training law",
  options: z.strictObject({}),
  make: () => preconditionedGradientStep,
};

export default unit;
