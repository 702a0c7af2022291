import { z } from "zod";
import type { AnyRegression } from "../theory/step-moments.js";
import type { Predictor, Unit } from "../types.js";
import { bestPreconditioner } from "./best-preconditioner.js";

/** One preconditioned step of gradient descent from 0, y = x_q^T A* (1/n) sum_j y_j x_j, with A* of least exact risk. */
const preconditionedGradientStep: Predictor<AnyRegression> = {
  name: "preconditioned-gradient-step",
  kind: "predictor",
  source: { paper: "Ahn, Cheng, Daneshmand, Sra 2023", where: "Lemma 1" },
  ...bestPreconditioner,
};

const unit: Unit<object, Predictor<AnyRegression>> = {
  name: "preconditioned-gradient-step",
  says: "one step of gradient descent with the best preconditioner for the training law",
  options: z.strictObject({}),
  make: () => preconditionedGradientStep,
};

export default unit;
