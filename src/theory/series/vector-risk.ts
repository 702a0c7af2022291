import type { VectorAutoregression } from "../../laws/vector-autoregressive.js";
import { toeplitz } from "../../math/autocovariance.js";
import { lyapunov } from "../../math/lyapunov.js";
import { applied, identity, product, scaled, transpose } from "../../math/matrix.js";
import { solve } from "../../math/solve.js";
import type { ClosedForm, Population, Rows } from "../../types.js";

const source = { paper: "Liu, Hu, Zhang, Wu, Wang, Ma, Long 2024", where: "Section 3" } as const;

/** Whether a population is of several series: true, or the sentence why not. */
export function vectorSeriesOnly({ family }: Population): true | string {
  return family === "vector-autoregression" || `this is for several series that drive each other, not for ${family}`;
}

/** Gamma_k = E x_(t+k) x_t^T = A^k S for k = 0 .. lags, S the stationary covariance. */
export function lagCovariances({ matrix, noise }: VectorAutoregression, lags: number): readonly Rows[] {
  const covariances = [lyapunov(matrix, scaled(identity(matrix.length), noise ** 2))];
  while (covariances.length <= lags) covariances.push(product(matrix, covariances.at(-1)!));
  return covariances;
}

/** Weights of the best prediction, which needs the last time alone: the first row of A there, 0 before and for the constant. */
export function bestVectorWeights({ matrix, window, constant }: VectorAutoregression): readonly number[] {
  const before = new Array<number>(matrix.length * (window - 1)).fill(0);
  return [...before, ...matrix[0]!, ...(constant ? [0] : [])];
}

/** Weights of the best linear prediction of the first variate from its own last p values: the others' are 0. */
export function ownPastWeights(population: VectorAutoregression): readonly number[] {
  const { matrix, window, features } = population;
  const gamma = lagCovariances(population, window).map((rows) => rows[0]![0]!);
  const right = Array.from({ length: window }, (_, j) => [gamma[j + 1]!]);
  const nearest = solve(toeplitz(gamma, window), right);
  const weights = new Array<number>(features).fill(0);
  for (let j = 0; j < window; j++) weights[(window - 1 - j) * matrix.length] = nearest[j]![0]!;
  return weights;
}

/**
 * Risk of predicting the first variate by a . x from the window x of all variates:
 *
 *   E (a . x - y)^2 = s2 + (a - b)^T G (a - b),   b the best weights, G the window's second moments,
 *
 * as what is left of y beyond b is the innovation, which no window holds. The constant's weight counts by its square.
 */
export const vectorLinearRisk: ClosedForm<VectorAutoregression, { readonly weights: readonly number[] }> = {
  name: "risk of a linear prediction of several series",
  source,
  kind: "exact",
  applies: vectorSeriesOnly,
  value(population, { weights }) {
    const { matrix, window, noise } = population;
    const d = matrix.length;
    const best = bestVectorWeights(population);
    const off = weights.map((weight, i) => weight - best[i]!);
    const covariances = lagCovariances(population, window);
    let excess = (off[d * window] ?? 0) ** 2;
    for (let s = 0; s < window; s++)
      for (let t = 0; t < window; t++) {
        const rows = s >= t ? covariances[s - t]! : transpose(covariances[t - s]!);
        const seen = applied(rows, off.slice(t * d, (t + 1) * d));
        for (let i = 0; i < d; i++) excess += off[s * d + i]! * seen[i]!;
      }
    return noise ** 2 + excess;
  },
};
