import type { LinearRegression } from "../laws/gaussian-linear.js";
import { applied, diagonal, product, scaled, sum, traceOfProduct } from "../math/matrix.js";
import type { Lengths, Rows } from "../types.js";
import { lengthMoments } from "./length-moments.js";

/** Moments of the Gram matrix G = (1/n) sum_j e_j e_j^T of the tokens e_j = (x_j, y_j), size D = d + 1. */
export interface GramMoments {
  /** E[G tr(M G)] of a symmetric M, D x D: linear in M, and tr(M' E[G tr(M G)]) = E[tr(M' G) tr(M G)]. */
  weighted(form: Rows): Rows;
  /** E[G w_c], D x D, one for each entry c of the task. */
  readonly withTask: readonly Rows[];
}

/**
 * Moments of the Gram matrix under Gaussian inputs, x ~ N(0, L), w ~ N(0, W), y = w . x + noise, at n pairs. Given w the
 * tokens are i.i.d. N(0, C), with C = [[L, L w], [w^T L, w^T L w + s2]]; so by Isserlis' theorem
 *
 *   E[G tr(M G) | w] = C tr(M C) + (2/n) C M C.
 *
 * C is quadratic in w and the right-hand side quartic; odd powers of w have mean zero. With M = [[A, b], [b^T, m]],
 * t = tr(L W) and q = tr(L W L W), so that E (w^T L w)^2 = t^2 + 2 q, and a = tr(L A) + s2 m:
 *
 *   E[C tr(M C)] = [[(a + m t) L, 2 L W L b], [., s2 (a + m t) + a t + m (t^2 + 2 q)]]
 *   E[C M C]     = [[L (A + m W) L, (t + s2) L b + L W L b],
 *                   [., tr(A L W L) + m (t^2 + 2 q) + 2 s2 m t + s2^2 m]]
 *   E[G w_c]     = [[0, L W_c], [., 0]]
 *
 * b and (A, m) do not mix: changing the sign of w changes the sign of every label, and only b's part follows it.
 * Lengths that vary are averaged over, each prompt divided by its own; an empty prompt has G = 0.
 * Source: Isserlis, Biometrika 12 (1918). For A = 0 and m = 0 it is the fourth moment of Zhang, Frei, Bartlett 2024,
 * Lemma 5.1.
 */
export function gramMoments(population: LinearRegression, context: Lengths): GramMoments {
  const { features: d, covariance: L, taskCovariance: W, noise } = population;
  const { nonEmpty, inverseLength } = lengthMoments(context);
  const s2 = noise ** 2;
  const LW = product(L, W);
  const LWL = product(LW, L);
  const t = traceOfProduct(LW);
  const q = traceOfProduct(LW, LW);
  const fourth = t ** 2 + 2 * q;
  return {
    weighted(form) {
      const A = form.slice(0, d).map((row) => row.slice(0, d));
      const b = form.slice(0, d).map((row) => row[d]!);
      const m = form[d]![d]!;
      const a = traceOfProduct(L, A) + s2 * m;
      const Lb = applied(L, b);
      const LWLb = applied(LWL, b);
      const within = product(L, sum(A, scaled(W, m)), L);
      const means = bordered(
        scaled(L, a + m * t),
        LWLb.map((entry) => 2 * entry),
        s2 * (a + m * t) + a * t + m * fourth,
      );
      const spread = bordered(
        within,
        LWLb.map((entry, i) => entry + (t + s2) * Lb[i]!),
        traceOfProduct(A, LWL) + m * (fourth + 2 * s2 * t + s2 ** 2),
      );
      return sum(scaled(means, nonEmpty), scaled(spread, 2 * inverseLength));
    },
    withTask: Array.from({ length: d }, (_, c) =>
      bordered(
        diagonal(new Array<number>(d).fill(0)),
        LW.map((row) => nonEmpty * row[c]!),
        0,
      ),
    ),
  };
}

/** [[block, edge], [edge^T, corner]]. */
function bordered(block: Rows, edge: readonly number[], corner: number): Rows {
  return [...block.map((row, i) => [...row, edge[i]!]), [...edge, corner]];
}
