import { scaled } from "../math/matrix.js";
import { nd } from "../math/nd.js";
import type { Rows } from "../types.js";
import type { HeadProducts } from "./query-forms.js";

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
  return scaled(weights, factorInUse(normalization, lengths));
}

/** The same for all weights of a layer, as `layerRisk` takes them: OV times the factor. @throws RangeError as above. */
export function layerInUse(
  { KQ, OV }: HeadProducts,
  normalization: Normalization,
  lengths: { readonly trained: number; readonly tested: number },
): HeadProducts {
  const factor = factorInUse(normalization, lengths);
  return {
    KQ,
    OV: nd(
      ["head", "token"],
      OV.shape,
      Float64Array.from(OV.data, (entry) => factor * entry),
    ),
  };
}

function factorInUse(
  normalization: Normalization,
  { trained, tested }: { readonly trained: number; readonly tested: number },
): number {
  if (normalization === "trained" && !(trained >= 1))
    throw new RangeError(`a layer divides by a training length of 1 or more pairs, not by ${trained}`);
  return { prompt: 1, trained: tested / trained, none: tested }[normalization];
}
