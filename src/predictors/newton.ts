import { z } from "zod";
import { type AnyRegression, labelRisk, regressionPrompts } from "../theory/step-moments.js";
import type { Predictor, Unit } from "../types.js";
import { newtonEdge } from "./algorithms/newton-edge.js";
import { newtonIteration } from "./algorithms/newton-iteration.js";
import { readOff } from "./read-off.js";

/**
 * k steps of Newton's iteration for the inverse of S = X^T X (Schulz 1933), w_k = M_k X^T y:
 *
 *   M_0 = alpha S,   M_{j+1} = 2 M_j - M_j S M_j,   I - M_k S = (I - alpha S^2)^(2^k)
 *
 * so that k steps are 2^k steps of gradient descent on ||S w - X^T y||^2 / 2. It converges for 0 < alpha < 2 / ||S||^2:
 * here alpha = 1 / ||S^2||_F, the published code's, which is always safe. The text's alpha = 2 / ||S S^T||_2 (`edge`) is
 * the edge itself: the residual of the top direction is (-1)^(2^k) = 1 for ever, and that direction is never learned.
 * After 60 steps every direction with an eigenvalue above root eps of the largest is learned to the last digit; more
 * would double roundings where S has no rank, which is why there are no more.
 * Source: Fu, Chen, Jia, Sharan 2024, Section 3 (Iterative Newton's method).
 */
function newton(option: Options): Predictor<AnyRegression> {
  const [steps, isEdge] = typeof option === "number" ? [option, false] : [option.edge, true];
  return {
    name: isEdge ? `newton-edge-${steps}` : `newton-${steps}`,
    kind: "predictor",
    source: { paper: "Fu, Chen, Jia, Sharan 2024", where: "Section 3" },
    applies: regressionPrompts,
    tune: () => ({
      ...(isEdge ? newtonEdge({ steps }) : newtonIteration({ steps })),
      risk: (test, context) =>
        context === 0
          ? readOff(labelRisk, test, {})
          : { why: "the risk of Newton's iteration has no closed form at finite n; it is sampled" },
    }),
  };
}

const options = z
  .union(
    [
      z.int().min(1).max(60).describe("number of steps from the published code's start, 1 to 60"),
      z.strictObject({
        edge: z.int().min(1).max(60).describe("number of steps from the published text's start, 1 to 60"),
      }),
    ],
    { error: "Newton's steps are a number from 1 to 60, or { edge: 1 to 60 }" },
  )
  .describe("a whole number >= 1 and <= 60 of steps, or { edge: steps } from the published text's start");

type Options = z.infer<typeof options>;

const unit: Unit<Options, Predictor<AnyRegression>> = {
  name: "newton",
  says: "this many steps of Newton's iteration for the inverse of X^T X",
  options,
  make: newton,
};

export default unit;
