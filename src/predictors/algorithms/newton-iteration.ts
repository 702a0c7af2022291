import type { Tuned } from "../../types.js";
import { algorithm } from "../algorithm.js";
import { apply, dot, eachPrompt, gram, labelSum, type Problem } from "../each-prompt.js";
import { rowProducts } from "../row-products.js";

interface Constants {
  readonly steps: number;
}

/** Newton's iteration as `newton.ts` writes it, from M_0 = S / ||S^2||_F. */
export function restore({ steps }: Constants): Tuned["predict"] {
  return eachPrompt(({ d }) => {
    const [S, square, MS] = [new Float64Array(d * d), new Float64Array(d * d), new Float64Array(d * d)];
    let [M, doubled] = [new Float64Array(d * d), new Float64Array(d * d)];
    const [sum, w, Sw, MSw] = [new Float64Array(d), new Float64Array(d), new Float64Array(d), new Float64Array(d)];
    return (problem: Problem) => {
      gram(problem, S);
      rowProducts(S, S, d, square, "lower");
      const size = symmetricNorm(square, d);
      if (size === 0) return 0;
      for (let i = 0; i < d * d; i++) M[i] = S[i]! / size;
      for (let step = 1; step < steps; step++) {
        rowProducts(M, S, d, MS, "all");
        rowProducts(MS, M, d, doubled, "lower");
        lessThanTwice(M, doubled, d);
        [M, doubled] = [doubled, M];
      }
      // The last step acts on X^T y alone: three products with vectors instead of two with matrices.
      labelSum(problem, sum);
      apply(M, sum, w);
      apply(S, w, Sw);
      apply(M, Sw, MSw);
      return 2 * dot(problem.query, w) - dot(problem.query, MSw);
    };
  });
}

export const newtonIteration = algorithm(import.meta.url, restore);

/** The lower triangle of MSM becomes 2 M - M S M, the upper one its mirror. */
function lessThanTwice(M: Float64Array, MSM: Float64Array, d: number): void {
  for (let i = 0; i < d; i++)
    for (let j = 0; j <= i; j++) {
      const entry = 2 * M[i * d + j]! - MSM[i * d + j]!;
      MSM[i * d + j] = entry;
      MSM[j * d + i] = entry;
    }
}

/** The Frobenius norm of a symmetric matrix by its lower triangle. */
function symmetricNorm(lower: Float64Array, d: number): number {
  let total = 0;
  for (let i = 0; i < d; i++)
    for (let j = 0; j <= i; j++) total += (i === j ? 1 : 2) * (lower[i * d + j]! * lower[i * d + j]!);
  return Math.sqrt(total);
}
