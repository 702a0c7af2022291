import type { LinearRegression } from "../laws/gaussian-linear.js";
import { Draws } from "../math/draws.js";
import { foldIn, keyOf } from "../math/keys.js";
import { product, scaled, transpose } from "../math/matrix.js";
import { eigen, symmetricRoot } from "../math/symmetric.js";
import type { Rows } from "../types.js";

/** One sampled prompt as k steps of gradient descent see it, in the eigenbasis of S / n = X^T X / n. */
export interface Spectrum {
  readonly eigenvalues: readonly number[];
  /** (U^T W U)_ij (U^T Lq U)_ij: what residual factors r_i r_j are weighed with. */
  readonly signal: Rows;
  /** (U^T Lq U)_ii / n: what the noise that step i lets in is weighed with. */
  readonly noise: readonly number[];
}

/** Prompts that a step is tuned on: its risk is then within about 1e-4 of the least, as risk is flat at its minimum. */
const PROMPTS = 1000;

/** Spectra of the population at context n, from a key of their own: tuning never sees a prompt of a study. */
export function sampledSpectra(population: LinearRegression, n: number): Spectrum[] {
  const { features: d, covariance, queryCovariance, taskCovariance } = population;
  const root = symmetricRoot(covariance);
  const key = foldIn(keyOf(0), "sampled spectra");
  return Array.from({ length: PROMPTS }, (_, index) => {
    const draws = new Draws(key, index);
    const z = Array.from({ length: n }, () => Array.from({ length: d }, () => coordinate(population, draws)));
    const x = product(z, root);
    const { values, vectors } = eigen(scaled(product(transpose(x), x), 1 / n));
    const rotated = (matrix: Rows) => product(vectors, matrix, transpose(vectors));
    const [tasks, queries] = [rotated(taskCovariance), rotated(queryCovariance)];
    return {
      eigenvalues: values.map((value) => Math.max(0, value)),
      signal: tasks.map((row, i) => row.map((entry, j) => entry * queries[i]![j]!)),
      noise: queries.map((row, i) => row[i]! / n),
    };
  });
}

/** A coordinate of unit variance of the population's kind. */
function coordinate({ inputs }: LinearRegression, draws: Draws): number {
  return samplers[inputs.kind](draws, inputs.kurtosis);
}

const samplers: { readonly [kind in LinearRegression["inputs"]["kind"]]: (draws: Draws, kurtosis: number) => number } =
  {
    gaussian: (draws) => draws.normal(),
    uniform: (draws) => Math.sqrt(3) * (2 * draws.uniform() - 1),
    rademacher: (draws) => draws.rademacher(),
    student(draws, kurtosis) {
      // kurtosis = 3 + 6 / (nu - 4); `gradient-descent` declines where it is infinite.
      const nu = 4 + 6 / (kurtosis - 3);
      return Math.sqrt((nu - 2) / nu) * draws.student(nu);
    },
  };
