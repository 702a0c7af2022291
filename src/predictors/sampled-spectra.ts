import { type LinearRegression, linearRegressionLaw } from "../laws/gaussian-linear.js";
import { foldIn, keyOf } from "../math/keys.js";
import { product, scaled, transpose } from "../math/matrix.js";
import { eigen, symmetricRoot } from "../math/symmetric.js";
import type { Law, Lengths, Rows } from "../types.js";
import { gaussianRadius, type SquaredRadius } from "./gaussian-radius.js";

/** One sampled prompt as k steps of gradient descent see it, in the eigenbasis of S / n = X^T X / n. */
export interface Spectrum {
  /** The eigenvalues are rho^2 times these. */
  readonly eigenvalues: readonly number[];
  readonly radius: SquaredRadius;
  /** (U^T W U)_ij (U^T Lq U)_ij: what residual factors r_i r_j are weighed with. */
  readonly signal: Rows;
  /** (U^T Lq U)_ii / n: what the noise that direction i lets in is weighed with. */
  readonly noise: readonly number[];
}

/** Enough for a step whose risk is within about 1e-3 of the least one: risk is flat at its minimum. */
const PROMPTS = 500;

/**
 * Spectra of prompts of the population, from a key of their own: tuning never sees a prompt of a study. Empty prompts
 * are left out, as no step changes their prediction.
 *
 * The radius rho = |Z| of Gaussian inputs X = Z B is independent of Z / |Z|, so that only the latter is sampled and the
 * former is integrated. Without it the risk of many steps, a mean of (1 - g l)^(2k), would miss the rare large l that
 * decide it: steps tuned on a thousand plain samples at d = n = 5, k = 20 have risks of 1e8. Other inputs keep the size
 * that they were drawn with and are smoothed: their size is multiplied by a random one of mean 1, the narrower the fewer
 * steps feel its tail. That costs a step a few per cent too small, where without it one prompt in a thousand diverges.
 *
 * Bounded inputs have no such tail where the degree is low: `plain` keeps every size as it was drawn.
 *
 * @param degree of the polynomial in rho^2 whose mean is wanted
 */
export function sampledSpectra(
  population: LinearRegression,
  context: Lengths,
  degree: number,
  { prompts = PROMPTS, plain = false }: { readonly prompts?: number; readonly plain?: boolean } = {},
): Spectrum[] {
  const { features: d, covariance, queryCovariance, taskCovariance } = population;
  const root = symmetricRoot(covariance);
  const gaussian = population.inputs.kind === "gaussian";
  const key = foldIn(keyOf(0), "sampled spectra");
  const { x: z, length } = whiteLaw(population).draw(key, { from: 0, count: prompts }, context);
  const most = z.shape[1];
  const radii = new Map<number, SquaredRadius>();
  return Array.from({ length: prompts }).flatMap((_, b) => {
    const n = length?.data[b] ?? most;
    if (n === 0) return [];
    const freedom = gaussian ? n * d : n * d * Math.max(4, 64 / degree);
    if (!radii.has(n)) radii.set(n, plain && !gaussian ? asDrawn(freedom) : gaussianRadius(freedom, degree));
    const entries = Array.from(z.data.subarray(b * most * d, (b * most + n) * d));
    const square = gaussian ? entries.reduce((total, entry) => total + entry ** 2, 0) : freedom;
    const rows = Array.from({ length: n }, (_, j) => entries.slice(j * d, (j + 1) * d));
    const x = product(rows, root);
    const { values, vectors } = eigen(scaled(product(transpose(x), x), 1 / (n * square)));
    const rotated = (matrix: Rows) => product(vectors, matrix, transpose(vectors));
    const [tasks, queries] = [rotated(taskCovariance), rotated(queryCovariance)];
    const spectrum: Spectrum = {
      eigenvalues: values.map((value) => Math.max(0, value)),
      radius: radii.get(n)!,
      signal: tasks.map((row, i) => row.map((entry, j) => entry * queries[i]![j]!)),
      noise: queries.map((row, i) => row[i]! / n),
    };
    return [spectrum];
  });
}

const asDrawn = (square: number): SquaredRadius => ({
  mean: square,
  values: Float64Array.of(square),
  rootWeights: Float64Array.of(1),
});

/** The law of the white inputs z behind x = B z. */
export function whiteLaw({ features, inputs: { kind, kurtosis } }: LinearRegression): Law<LinearRegression> {
  if (kind === "uniform") return linearRegressionLaw({ features, inputs: { uniform: Math.sqrt(3) } });
  if (kind === "student") return linearRegressionLaw({ features, inputs: { student: degreesOfFreedom(kurtosis) } });
  return linearRegressionLaw({ features, inputs: kind });
}

/** nu of a Student t with this kurtosis, 3 + 6 / (nu - 4). */
export function degreesOfFreedom(kurtosis: number): number {
  return 4 + 6 / (kurtosis - 3);
}
