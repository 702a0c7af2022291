import type { RandomCovariance } from "../laws/random-covariance.js";
import type { ClosedForm } from "../types.js";

/**
 * Regression whose inputs have a covariance of their own in every prompt, diag(l_1, .., l_d) with i.i.d. l, for context and
 * query alike; w ~ N(0, I), y = w . x + noise. Closed forms see l by E l, E l^2, E l^3: 1, 2, 6 for l ~ Exp(1). `pairs`,
 * where there are any, tell whether query or tasks are scaled.
 */
export type RandomDiagonal = Pick<RandomCovariance, "family" | "features" | "noise" | "eigenvalueMoments" | "pairs">;

/** Lengths of training and of the test. */
export interface AtLengths {
  readonly trained: number;
  readonly context: number;
}

/** The preconditioner a I that gradient flow ends at, and its risk on noisy query labels. */
export interface RandomCovarianceLimit {
  readonly step: number;
  readonly risk: number;
}

/**
 * Where training on random covariances ends. The limit is A = (E Gamma L^2)^-1 E L^2 with Gamma = (1 + 1/N) L + (tr L + s2) / N;
 * for i.i.d. eigenvalues of moments m_1, m_2, m_3 that is a I,
 *
 *   a = m_2 / k(N),   k(n) = (1 + 1/n) m_3 + (m_3 + (d - 1) m_1 m_2 + s2 m_2) / n,
 *   R = d ( m_1 - 2 a m_2 + a^2 k(M) ) + s2 at test length M.
 *
 * It stays off the least-squares answer however long prompts are: for Exp(1), a -> 1/3 and R / d -> 1/3.
 * Source: Zhang, Frei, Bartlett 2024, Theorem 4.5; the risk and the noise are derived here.
 */
export const randomCovarianceLimit: ClosedForm<RandomDiagonal, AtLengths, RandomCovarianceLimit> = {
  name: "limit of training on random covariances",
  source: { paper: "Zhang, Frei, Bartlett 2024", where: "Theorem 4.5" },
  kind: "exact",
  applies({ family, features, eigenvalueMoments, noise, pairs }, { trained, context }) {
    if (family !== "random-covariance-regression") return `this is for random covariances, not for ${family}`;
    const [m1, m2, m3] = eigenvalueMoments;
    const within = features * (3 * m3 + (features - 1) * m1 * m2 + noise ** 2 * m2);
    if (pairs && !(isSame(pairs.cross, features * m2) && isSame(pairs.within, within)))
      return "the limit is derived for tasks w ~ N(0, I) and a query like the context, and these are scaled";
    const length = Math.min(trained, context);
    return length >= 1 || `the limit is derived for prompts of 1 or more pairs, not ${length}`;
  },
  value({ features: d, eigenvalueMoments: [m1, m2, m3], noise }, { trained, context }) {
    const s2 = noise ** 2;
    const k = (n: number) => (1 + 1 / n) * m3 + (m3 + (d - 1) * m1 * m2 + s2 * m2) / n;
    const step = m2 / k(trained);
    return { step, risk: d * (m1 - 2 * step * m2 + step ** 2 * k(context)) + s2 };
  },
};

/** Equal but for the rounding of two ways to one number. */
function isSame(a: number, b: number): boolean {
  return Math.abs(a - b) <= 64 * Number.EPSILON * Math.abs(b);
}
