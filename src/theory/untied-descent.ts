import { EigenvalueDecomposition, Matrix } from "ml-matrix";
import type { LinearRegression } from "../laws/gaussian-linear.js";
import { solve } from "../math/solve.js";
import type { ClosedForm } from "../types.js";
import { isotropicOnly, labelShares } from "./label-shares.js";
import { finiteMoments, limitMoments, type SpectralMoments } from "./spectral-moments.js";

/** How many steps, each of its own size, over how many pairs. */
export interface AtSteps {
  readonly context: number;
  readonly steps: number;
}

/** Best sizes in ascending order (their order does not matter), and the risk on noisy query labels. */
export interface UntiedSteps {
  readonly sizes: readonly number[];
  readonly risk: number;
}

/** Beyond this many steps the system of moments loses the digits of a double. */
const MOST_STEPS = 6;

/**
 * k steps of gradient descent from 0 on (1/2n) sum_j (w . x_j - y_j)^2, each with its own best size, and their risk: what k
 * untied layers of linear attention can do that do not change the inputs. With l the spectrum of X^T X / n the error left is
 * P(l) w, P(l) = prod_k (1 - a_k l) = 1 - l Q(l), and the risk is quadratic in Q:
 *
 *   R = u v E tr P(S)^2 + (v s2 / n) E tr S Q(S)^2 + s2,   S = X^T X / (n v)
 *
 * Its minimum over all Q of degree k - 1 is a linear system in the moments of a Wishart matrix; sizes are the inverse roots
 * of P, which without noise are real (P is orthogonal to lower degrees under the weight l). k = 1 is `optimalStep`. A limit of
 * the same with moments of the Marchenko-Pastur law is `untiedDescentLimit`.
 * By invariance this holds for preconditioned steps under any covariance L with tasks N(0, L^-1). Source: Ahn, Cheng,
 * Daneshmand, Sra 2023, Theorem 3 and Section 4.3, where the sizes are trained.
 */
export const untiedDescent: ClosedForm<LinearRegression, AtSteps, UntiedSteps> = {
  name: "best untied steps of gradient descent",
  source: { paper: "Ahn, Cheng, Daneshmand, Sra 2023", where: "Theorem 3" },
  kind: "exact",
  applies: (population, at) => untiedApplies(population, at, finiteMoments),
  value: (population, at) => best(population, at, finiteMoments),
};

/** The same where d and n grow together, with risk and sizes of the limit. */
export const untiedDescentLimit: ClosedForm<LinearRegression, AtSteps, UntiedSteps> = {
  name: "proportional limit of untied steps",
  source: { paper: "Ahn, Cheng, Daneshmand, Sra 2023", where: "Theorem 3" },
  kind: "asymptotic",
  applies: (population, at) => untiedApplies(population, at, limitMoments),
  value: (population, at) => best(population, at, limitMoments),
};

function untiedApplies(population: LinearRegression, at: AtSteps, moments: SpectralMoments): true | string {
  const isotropic = isotropicOnly(population);
  if (isotropic !== true) return isotropic;
  const { context, steps } = at;
  if (!(Number.isSafeInteger(context) && context >= 1)) return `steps are made over 1 or more pairs, not ${context}`;
  if (!(Number.isSafeInteger(steps) && steps >= 1 && steps <= MOST_STEPS))
    return `best untied steps are known for 1 to ${MOST_STEPS} steps, not for ${steps}`;
  const complex = best(population, at, moments).sizes.some(Number.isNaN);
  return !complex || "with this much noise the best polynomial is no product of real steps";
}

function best(population: LinearRegression, { context, steps }: AtSteps, moments: SpectralMoments): UntiedSteps {
  const { features, covariance } = population;
  const { signal, noise, ratio } = labelShares(population, context);
  const m = moments(features, context, 2 * steps);
  const index = Array.from({ length: steps }, (_, i) => i);
  const system = index.map((i) => index.map((j) => m[i + j + 2]! + noise * ratio * m[i + j + 1]!));
  const Q = solve(
    system,
    index.map((i) => [m[i + 1]!]),
  ).map(([entry]) => entry!);
  const gained = Q.reduce((total, entry, i) => total + entry * m[i + 1]!, 0);
  const v = covariance[0]![0]!;
  return { sizes: inverseRoots(Q).map((size) => size / v), risk: signal * (1 + noise - gained) };
}

/**
 * a_k with 1 - l Q(l) = prod_k (1 - a_k l): the eigenvalues of the companion matrix of z^k - q_0 z^(k-1) - ... - q_(k-1), in
 * ascending order; NaN where one is complex.
 */
function inverseRoots(Q: readonly number[]): number[] {
  const companion = Q.map((_, i) => (i === 0 ? [...Q] : Q.map((_, j) => (j === i - 1 ? 1 : 0))));
  const { realEigenvalues, imaginaryEigenvalues } = new EigenvalueDecomposition(new Matrix(companion));
  const size = Math.max(...realEigenvalues.map(Math.abs));
  return realEigenvalues
    .map((value, i) => (Math.abs(imaginaryEigenvalues[i]!) > 1e3 * Number.EPSILON * size ? Number.NaN : value))
    .sort((a, b) => a - b);
}
