import { cholesky, choleskySolve } from "../../math/cholesky.js";
import type { Tuned } from "../../types.js";
import { algorithm } from "../algorithm.js";
import { eachPrompt } from "../each-prompt.js";

/** k(x, x') as a function of x . x', |x|^2 and |x'|^2. */
export type Kernel =
  | { readonly kind: "linear" }
  | { readonly kind: "gaussian"; readonly width: number }
  | { readonly kind: "polynomial"; readonly degree: number };

interface Constants {
  readonly kernel: Kernel;
  /** Above 0. */
  readonly penalty: number;
}

const kernels: { readonly [K in Kernel["kind"]]: (kernel: Extract<Kernel, { kind: K }>) => Entry } = {
  linear: () => (along) => along,
  gaussian:
    ({ width }) =>
    (along, left, right) =>
      Math.exp(-(left + right - 2 * along) / (2 * width * width)),
  polynomial:
    ({ degree }) =>
    (along) =>
      (1 + along) ** degree,
};

type Entry = (along: number, left: number, right: number) => number;

/** k_q^T (K + penalty I)^-1 y with K_jl = k(x_j, x_l) and k_q of entries k(x_j, x_q). */
export function restore({ kernel, penalty }: Constants): Tuned["predict"] {
  const entry = (kernels[kernel.kind] as (of: Kernel) => Entry)(kernel);
  return eachPrompt(({ d, most }) => {
    const K = new Float64Array(most * most);
    const [alpha, squares] = [new Float64Array(most), new Float64Array(most)];
    const along = (a: ArrayLike<number>, j: number, b: ArrayLike<number>, l: number) => {
      let total = 0;
      for (let i = 0; i < d; i++) total += a[j * d + i]! * b[l * d + i]!;
      return total;
    };
    return ({ x, y, query, n }) => {
      for (let j = 0; j < n; j++) {
        squares[j] = along(x, j, x, j);
        alpha[j] = y[j]!;
        for (let l = 0; l <= j; l++)
          K[j * n + l] = entry(along(x, j, x, l), squares[j]!, squares[l]!) + (j === l ? penalty : 0);
      }
      cholesky(K, n);
      choleskySolve(K, n, alpha);
      const square = along(query, 0, query, 0);
      let prediction = 0;
      for (let j = 0; j < n; j++) prediction += alpha[j]! * entry(along(x, j, query, 0), squares[j]!, square);
      return prediction;
    };
  });
}

export const kernelSmoother = algorithm(import.meta.url, restore);
