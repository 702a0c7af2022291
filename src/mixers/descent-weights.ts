import { nd } from "../math/nd.js";
import type { Rows } from "../types.js";
import type { StackWeights } from "./layer.js";

/** One layer as an algorithm: w <- w - A grad, and x <- x - B S A^T x with S the mean of x_j x_j^T over the pairs. */
export interface DescentStep {
  /** A, d x d: the preconditioner of the step, or the step size times I. */
  readonly step: Rows;
  /** B, d x d: how the layer moves all inputs, the query's too (GD++); they stay where it is left out. */
  readonly inputs?: Rows;
}

/**
 * Weights with which a stack of linear attention (one head, updates divided by the prompt's length) takes these steps
 * of descent on (1/2n) sum_j (w . x_j - y_j)^2 from w = 0, one a layer:
 *
 *   KQ_l = [[A_l^T, 0], [0, 0]],   PV_l = [[-B_l, 0], [0, -1]]
 *
 * Source: Ahn, Cheng, Daneshmand, Sra 2023, Lemma 1 and Theorem 4; von Oswald et al. 2023, Proposition 1 and A.10.
 *
 * @throws RangeError without a step, or where a matrix is not d x d.
 */
export function descentWeights(steps: readonly DescentStep[]): StackWeights {
  const d = steps[0]?.step.length ?? 0;
  if (d === 0) throw new RangeError("descent in a stack takes at least one step, of at least one feature");
  const D = d + 1;
  const KQ = nd(["layer", "head", "key", "query"], [steps.length, 1, D, D]);
  const PV = nd(["layer", "head", "out", "token"], [steps.length, 1, D, D]);
  steps.forEach(({ step, inputs }, l) => {
    for (const matrix of inputs ? [step, inputs] : [step])
      if (matrix.length !== d || matrix.some((row) => row.length !== d))
        throw new RangeError(`every step of ${d} features has matrices of ${d} x ${d} entries`);
    for (let a = 0; a < d; a++)
      for (let b = 0; b < d; b++) {
        KQ.data[(l * D + a) * D + b] = step[b]![a]!;
        PV.data[(l * D + a) * D + b] = inputs ? -inputs[a]![b]! : 0;
      }
    PV.data[(l * D + d) * D + d] = -1;
  });
  return { KQ, PV };
}
