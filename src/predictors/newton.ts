import { z } from "zod";
import type { LinearRegression } from "../laws/gaussian-linear.js";
import { priorRisk } from "../theory/prior-risk.js";
import { regressionOnly } from "../theory/regression-only.js";
import type { Predictor, Unit } from "../types.js";
import { newtonIteration } from "./algorithms/newton-iteration.js";
import { readOff } from "./read-off.js";

/**
 * k steps of Newton's iteration for the inverse of S = X^T X (Schulz 1933), w_k = M_k X^T y:
 *
 *   M_0 = alpha S,   M_{j+1} = 2 M_j - M_j S M_j,   I - M_k S = (I - alpha S^2)^(2^k)
 *
 * so that k steps are 2^k steps of gradient descent on ||S w - X^T y||^2 / 2. It converges for 0 < alpha < 2 / ||S||^2:
 * here alpha = 1 / ||S^2||_F, the published code's, which is always safe. The text's alpha = 2 / ||S S^T||_2 is the
 * edge itself: the residual of the top direction is (-1)^(2^k) = 1 for ever, and that direction is never learned.
 * After 60 steps every direction with an eigenvalue above root eps of the largest is learned to the last digit; more
 * would double roundings where S has no rank, which is why there are no more.
 * Source: Fu, Chen, Jia, Sharan 2024, Section 3 (Iterative Newton's method).
 */
function newton(steps: number): Predictor<LinearRegression> {
  return {
    name: `newton-${steps}`,
    kind: "predictor",
    source: { paper: "Fu, Chen, Jia, Sharan 2024", where: "Section 3" },
    applies: regressionOnly,
    tune: () => ({
      ...newtonIteration({ steps }),
      risk: (test, context) =>
        context === 0
          ? readOff(priorRisk, test, {})
          : { why: "the risk of Newton's iteration has no closed form at finite n; it is sampled" },
    }),
  };
}

const unit: Unit<number, Predictor<LinearRegression>> = {
  name: "newton",
  says: "this many steps of Newton's iteration for the inverse of X^T X",
  options: z.int().min(1).max(60).describe("number of steps, 1 to 60"),
  make: newton,
};

export default unit;
