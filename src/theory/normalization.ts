import { scaled } from "../math/matrix.js";
import type { Rows } from "../types.js";

/** What a layer divides the sum over the context by: the prompt's own length, the length of training, or nothing. */
export type Normalization = "prompt" | "trained" | "none";

/**
 * The preconditioner A' with which a layer trained at length N acts at length M, in the convention y = x_q^T A' m with
 * m = (1/M) sum_j y_j x_j of the test's own length, as `preconditionerRisk` takes it:
 *
 *   prompt   A' = A            trained   A' = (M / N) A            none   A' = M A, A the bare weights
 *
 * A layer that divides by N or by nothing grows with M: that, and nothing else, is its failure at longer prompts.
 * Source: Zhang, Frei, Bartlett 2024, Section 2.2 (rho is the prompt's own length).
 *
 * @throws RangeError where a layer is to divide by a training length of no pair.
 */
export function preconditionerInUse(
  weights: Rows,
  normalization: Normalization,
  lengths: { readonly trained: number; readonly tested: number },
): Rows {
  if (normalization === "trained" && !(lengths.trained >= 1))
    throw new RangeError(`a layer divides by a training length of 1 or more pairs, not by ${lengths.trained}`);
  const factors = { prompt: 1, trained: lengths.tested / lengths.trained, none: lengths.tested };
  return scaled(weights, factors[normalization]);
}
