import { type LinearRegression, linearRegressionLaw, type Settings } from "../src/laws/gaussian-linear.js";
import { applied, identity, product, transpose } from "../src/math/matrix.js";
import type { Lengths, Predictor, Rows, Site } from "../src/types.js";
import { type Problems, type Regression, sample, shownWeights } from "./regression-sampler.js";

export const site: Site = { features: 4, context: 5 };
export const population = (settings: Settings) => linearRegressionLaw(settings).population;
/** x ~ N(0, I) and w ~ N(0, I) of d features. */
export const isotropic = (d: number, noise = 0): Regression => ({ root: identity(d), taskRoot: identity(d), noise });

const root: Rows = [
  [1, 0.4, 0, 0.1],
  [0.4, 0.8, -0.2, 0],
  [0, -0.2, 0.9, 0.3],
  [0.1, 0, 0.3, 0.7],
];
const taskRoot: Rows = [
  [1.5, 0.2, 0, 0],
  [0.2, 0.6, 0, -0.3],
  [0, 0, 0.4, 0],
  [0, -0.3, 0, 0.9],
];

/** x = root z, w = taskRoot g: four features, correlated in both, which do not commute. */
export const skewed = (noise: number, inputs: Settings["inputs"] = "gaussian") =>
  population({
    ...{ features: 4, noise, inputs },
    ...{ covariance: product(root, root), taskCovariance: product(taskRoot, taskRoot) },
  });

/** Problems of `skewed` with Gaussian inputs. */
export const skewedProblems = (noise: number, n: number, count = 50) =>
  sample({ root, taskRoot, noise }, () => n, count, 900 + n);

/** Weights that a predictor, tuned at a law and context, answers these problems with. */
export const weights = (
  predictor: Predictor<LinearRegression>,
  law: LinearRegression,
  context: Lengths,
  problems: Problems,
) => shownWeights(problems, predictor.tune(law, context).predict);

/** S = X^T X and X^T y of one problem. */
export function normalEquations({ x, y }: Problems, b: number) {
  const rows = x[b]!;
  return { S: product(transpose(rows), rows), moment: applied(transpose(rows), y[b]!) };
}

/** One list of weights a problem. */
export const each = (problems: Problems, weightsOf: (b: number) => number[]) => problems.w.map((_, b) => weightsOf(b));

/** Two lists of weights agree to `tolerance` times the largest entry of the second. */
export function expectSame(found: Rows, expected: Rows, tolerance: number): void {
  const size = Math.max(...expected.flat().map(Math.abs));
  const gap = Math.max(...found.flatMap((row, b) => row.map((entry, i) => Math.abs(entry - expected[b]![i]!))));
  expect(gap).toBeLessThanOrEqual(tolerance * size);
}
