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
      predict: (prompts) => eachPrompt(prompts, (problem) => iterated(problem, steps)),
      risk: (test, context) =>
        context === 0
          ? readOff(priorRisk, test, {})
          : { why: "the risk of Newton's iteration has no closed form at finite n; it is sampled" },
    }),
  };
}

function iterated(problem: Problem, steps: number): number {
  const { d, query } = problem;
  const S = gram(problem);
  const size = normOfSquare(S, d);
  if (size === 0) return 0;
  let M: Float64Array = S.map((entry) => entry / size);
  for (let step = 1; step < steps; step++) M = doubled(M, S, d);
  // The last step acts on X^T y alone: three products with vectors instead of two with matrices.
  const w = applied(M, labelSum(problem));
  return 2 * dot(query, w) - dot(query, applied(M, applied(S, w)));
}

/** 2 M - M S M of symmetric d x d matrices, row-major, exactly symmetric too. */
function doubled(M: Float64Array, S: Float64Array, d: number): Float64Array {
  const MS = new Float64Array(d * d);
  for (let i = 0; i < d; i++) for (let j = 0; j < d; j++) MS[i * d + j] = rowProduct(M, i, S, j, d);
  const out = new Float64Array(d * d);
  for (let i = 0; i < d; i++)
    for (let j = 0; j <= i; j++) {
      out[i * d + j] = 2 * M[i * d + j]! - rowProduct(MS, i, M, j, d);
      out[j * d + i] = out[i * d + j]!;
    }
  return out;
}

/** ||A^2||_F of a symmetric d x d matrix. */
function normOfSquare(a: Float64Array, d: number): number {
  let total = 0;
  for (let i = 0; i < d; i++) for (let j = 0; j <= i; j++) total += (i === j ? 1 : 2) * rowProduct(a, i, a, j, d) ** 2;
  return Math.sqrt(total);
}

/** Row i of A times row j of B: an entry of A B where B is symmetric. */
function rowProduct(a: Float64Array, i: number, b: Float64Array, j: number, d: number): number {
  const left = i * d;
  const right = j * d;
  let total = 0;
  for (let k = 0; k < d; k++) total += a[left + k]! * b[right + k]!;
  return total;
}

/** A v of a d x d matrix, row-major. */
function applied(a: Float64Array, v: Float64Array): Float64Array {
  const d = v.length;
  return v.map((_, i) => dot(a.subarray(i * d, (i + 1) * d), v));
}

const unit: Unit<number, Predictor<LinearRegression>> = {
  name: "newton",
  says: "this many steps of Newton's iteration for the inverse of X^T X",
  options: z.int().min(1).max(60).describe("number of steps, 1 to 60"),
  make: newton,
};

export default unit;
