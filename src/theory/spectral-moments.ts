import { wishartMoments } from "../math/wishart.js";

/** E tr S^j / d for j = 0 .. highest, S = X^T X / n of n standard normal inputs of d features. */
export type SpectralMoments = (features: number, context: number, highest: number) => readonly number[];

/** At finite sizes, exactly. */
export const finiteMoments: SpectralMoments = (features, context, highest) =>
  wishartMoments(context, features, highest).map((moment, j) => moment / features / context ** j);

/**
 * Where d and n grow together: moments of the Marchenko-Pastur law of ratio x = d / n, Narayana's polynomials
 * sum_{r<j} C(j, r) C(j - 1, r) x^r / (r + 1).
 * Source: Bai, Silverstein, "Spectral Analysis of Large Dimensional Random Matrices", 2010, Lemma 3.1.
 */
export const limitMoments: SpectralMoments = (features, context, highest) =>
  Array.from({ length: highest + 1 }, (_, j) => {
    let [total, term] = [1, 1];
    for (let r = 1; r < j; r++) {
      // C(j, r) C(j - 1, r) / (r + 1) of its predecessor.
      term *= ((j - r + 1) * (j - r)) / (r * (r + 1));
      total += term * (features / context) ** r;
    }
    return total;
  });
