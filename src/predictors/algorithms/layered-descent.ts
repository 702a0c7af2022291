import type { Tuned } from "../../types.js";
import { algorithm } from "../algorithm.js";
import { apply, dot, eachPrompt, gram, labelSum } from "../each-prompt.js";
import { rowProducts } from "../row-products.js";

interface Constants {
  /** a_k, one a layer. */
  readonly steps: readonly number[];
  /** b_k, one a layer. */
  readonly curvatures: readonly number[];
}

/**
 * Layers that read a prompt by S = X^T X, s = X^T r (r the labels' residuals) and the query q alone:
 *
 *   D = a s / n,   y <- y + D . q,   s <- s - S D,   and with C = I - b S / n:   S <- C S C,   s <- C s,   q <- C q
 */
export function restore({ steps, curvatures }: Constants): Tuned["predict"] {
  return eachPrompt(({ d }) => {
    const [C, CS] = [new Float64Array(d * d), new Float64Array(d * d)];
    let [S, bent] = [new Float64Array(d * d), new Float64Array(d * d)];
    const [s, move, moved, query] = [0, 1, 2, 3].map(() => new Float64Array(d)) as Four;
    return (problem) => {
      gram(problem, S);
      labelSum(problem, s);
      query.set(problem.query);
      let prediction = 0;
      for (const [k, step] of steps.entries()) {
        for (let i = 0; i < d; i++) move[i] = (step * s[i]!) / problem.n;
        prediction += dot(move, query);
        apply(S, move, moved);
        for (let i = 0; i < d; i++) s[i]! -= moved[i]!;
        const curvature = curvatures[k]! / problem.n;
        if (curvature === 0) continue;
        for (let i = 0; i < d * d; i++) C[i] = (i % (d + 1) === 0 ? 1 : 0) - curvature * S[i]!;
        rowProducts(C, S, d, CS, "all");
        rowProducts(CS, C, d, bent, "all");
        [S, bent] = [bent, S];
        apply(C, s, moved);
        s.set(moved);
        apply(C, query, moved);
        query.set(moved);
      }
      return prediction;
    };
  });
}

type Four = [Float64Array, Float64Array, Float64Array, Float64Array];

export const layeredDescent = algorithm(import.meta.url, restore);
