import { z } from "zod";
import type { LinearRegression } from "../laws/gaussian-linear.js";
import { priorRisk } from "../theory/prior-risk.js";
import { regressionOnly } from "../theory/regression-only.js";
import type { Predictor, Unit } from "../types.js";
import { dot, eachPrompt, gram, labelSum, type Problem } from "./each-prompt.js";
import { readOff } from "./read-off.js";

/**
 * k steps of Newton's iteration for the inverse of S = X^T X (Schulz 1933), w_k = M_k X^T y:
 *
 *   M_0 = alpha S,   M_{j+1} = 2 M_j - M_j S M_j,   I - M_k S = (I - alpha S^2)^(2^k)
 *
 * so that k steps are 2^k steps of gradient descent on ||S w - X^T y||^2 / 2. It converges for 0 < alpha < 2 / ||S||^2:
 * here alpha = 1 / ||S^2||_F, the published code's, which is always safe. The text's alpha = 2 / ||S S^T||_2 is the
 * edge itself: the residual of the top direction is (-1)^(2^k) = 1 for ever, and that direction is never learned.
 * Source: Fu, Chen, Jia, Sharan 2024, Section 3 (Iterative Newton's method).
 */
function newton(steps: number): Predictor<LinearRegression> {
  return {
    name: `newton-${steps}`,
    kind: "predictor",
    source: { paper: "Fu, Chen, Jia, Sharan 2024", where: "Section 3" },
    applies: regressionOnly,
    tune: () => ({
      predict: (prompts) => eachPrompt(prompts, (problem) => iterated(problem, steps)),
      risk: (test, context) =>
        context === 0
          ? readOff(priorRisk, test, {})
          : { why: "the risk of Newton's iteration has no closed form at finite n; it is sampled" },
    }),
  };
}

function iterated(problem: Problem, steps: number): number {
  const { query, d } = problem;
  const S = gram(problem);
  const size = Math.sqrt(squareSum(multiply(S, S, d)));
  if (size === 0) return 0;
  let M = S.map((entry) => entry / size);
  for (let step = 0; step < steps; step++) {
    const correction = multiply(multiply(M, S, d), M, d);
    M = M.map((entry, i) => 2 * entry - correction[i]!);
  }
  const sum = labelSum(problem);
  let prediction = 0;
  for (let i = 0; i < d; i++) prediction += query[i]! * dot(M.subarray(i * d, (i + 1) * d), sum);
  return prediction;
}

/** A B of two d x d matrices, row-major. */
function multiply(a: Float64Array, b: Float64Array, d: number): Float64Array {
  const out = new Float64Array(d * d);
  for (let i = 0; i < d; i++)
    for (let k = 0; k < d; k++) {
      const left = a[i * d + k]!;
      for (let j = 0; j < d; j++) out[i * d + j]! += left * b[k * d + j]!;
    }
  return out;
}

function squareSum(entries: Float64Array): number {
  return dot(entries, entries);
}

const unit: Unit<number, Predictor<LinearRegression>> = {
  name: "newton",
  says: "this many steps of Newton's iteration for the inverse of X^T X",
  options: z.int().min(1).max(100).describe("number of steps, 1 to 100"),
  make: newton,
};

export default unit;
