import { z } from "zod";
import type { LinearRegression } from "../laws/gaussian-linear.js";
import { hasLabelMoments } from "../theory/label-moments.js";
import { optimalPreconditioner } from "../theory/optimal-preconditioner.js";
import type { Predictor, Unit } from "../types.js";
import { linearInLabels } from "./linear-in-labels.js";

/**
 * What one layer of linear attention computes at the minimum of its population risk: for linear regression the
 * preconditioned step with A*. A row of theory: it states where training should end, not an algorithm by itself.
 */
const lsaOptimum: Predictor<LinearRegression> = {
  name: "lsa-optimum",
  kind: "theory",
  source: { paper: "Zhang, Frei, Bartlett 2024", where: "Theorem 4.1" },
  applies: hasLabelMoments,
  tune: (population, context) => linearInLabels(optimalPreconditioner.value(population, { context })),
};

const unit: Unit<object, Predictor<LinearRegression>> = {
  name: "lsa-optimum",
  says: "the minimum of one linear-attention layer's population risk at the training law",
  options: z.strictObject({}),
  make: () => lsaOptimum,
};

export default unit;
