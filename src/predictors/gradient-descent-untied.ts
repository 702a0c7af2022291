import { z } from "zod";
import type { AnyRegression } from "../theory/step-moments.js";
import type { Predictor, Unit } from "../types.js";
import { layeredPredictor } from "./layered-predictor.js";

/**
 * k steps of gradient descent from 0, each of its own best size: w <- w - a_k (S w - X^T y) / n. What k linear-attention
 * layers with scalar weights of their own compute at the minimum of their risk. Their order does not matter.
 *
 * For d = 5, n = 20 the best three are .43, .69 and 1.72, against .77 for one step.
 * Source: Ahn, Cheng, Daneshmand, Sra 2023, Theorem 3 (stationary points with scalar preconditioners).
 */
const unit: Unit<number, Predictor<AnyRegression>> = {
  name: "gradient-descent-untied",
  says: "this many steps of gradient descent, each of its own best size",
  options: z.int().min(1).max(32).describe("number of steps, 1 to 32"),
  make: (layers) =>
    layeredPredictor(
      `gradient-descent-untied-${layers}`,
      { layers, tied: false, curved: false },
      { paper: "Ahn, Cheng, Daneshmand, Sra 2023", where: "Theorem 3" },
    ),
};

export default unit;
