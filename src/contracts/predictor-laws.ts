import { autoregressiveLaw, type SeriesSettings } from "../laws/autoregressive.js";
import { corruptedLabelsLaw } from "../laws/corrupted-labels.js";
import { linearRegressionLaw, type Settings } from "../laws/gaussian-linear.js";
import { mixtureLaw } from "../laws/mixture.js";
import { nonlinearTargetLaw } from "../laws/nonlinear-target.js";
import { randomBasisLaw } from "../laws/random-basis.js";
import { randomCovarianceLaw } from "../laws/random-covariance.js";
import { fixedCoefficients } from "../laws/series-coefficients.js";
import { severalTasksLaw } from "../laws/several-tasks.js";
import { normalPool, taskPoolLaw } from "../laws/task-pool.js";
import { diagonal, identity, scaled } from "../math/matrix.js";
import type { Law } from "../types.js";

/** The size of the problems that a predictor is checked on. */
export const features = 3;

export const correlated = [
  [1, 0.5, 0.2],
  [0.5, 2, -0.3],
  [0.2, -0.3, 0.5],
];

const regressions: readonly (readonly [string, Settings])[] = [
  ["isotropic, no noise", { features }],
  ["isotropic", { features, noise: 0.5 }],
  [
    "correlated inputs and tasks",
    { features, noise: 0.3, covariance: correlated, taskCovariance: diagonal([2, 1, 0]) },
  ],
  ["inputs of rank 2", { features, noise: 0.5, covariance: diagonal([1, 0, 2]) }],
  ["uniform", { features, noise: 0.5, inputs: { uniform: 1 }, covariance: correlated }],
  ["Rademacher", { features, inputs: "rademacher" }],
  ["Student t of 9", { features, noise: 0.5, inputs: { student: 9 }, covariance: correlated }],
  ["Student t of 3", { features, noise: 0.5, inputs: { student: 3 } }],
  ["zero inputs", { features, noise: 0.5, covariance: scaled(identity(features), 0) }],
  ["zero tasks", { features, taskCovariance: scaled(identity(features), 0) }],
];
const series: readonly (readonly [string, SeriesSettings])[] = [
  ["series", { coefficients: fixedCoefficients([0.5, -0.3, 0.2]), noise: 0.5 }],
  ["series with a constant row", { coefficients: fixedCoefficients([0.9]), window: 2, constant: true }],
  ["series with drawn coefficients", { coefficients: { kind: "partial", order: 2, within: 0.8 }, window: 3 }],
];
const even = linearRegressionLaw({ features, noise: 0.5 });
const overlapping = severalTasksLaw(
  features,
  [
    [0, 1],
    [1, 2],
  ],
  0.5,
);

/** Regressions that are not linear regressions of one kind. */
export const others: readonly (readonly [string, Law])[] = [
  ["a pool", taskPoolLaw({ pool: normalPool(4, correlated, 2), noise: 0.5, covariance: correlated }) as Law],
  ["a mixture", mixtureLaw(0.3, linearRegressionLaw({ features, noise: 1, covariance: correlated }), even) as Law],
  ["corrupted labels", corruptedLabelsLaw({ features, share: 0.2, noise: 0.5 }) as Law],
  ["random covariances", randomCovarianceLaw(features, "exponential", 0.5) as Law],
  ["a random basis", randomBasisLaw(diagonal([2, 1, 0.1]), 0.5) as Law],
  ["ReLU targets", nonlinearTargetLaw(features, { noise: 0.5 }) as Law],
  ["overlapping tasks", overlapping as Law],
];

/** Every kind of law, by name, that a predictor may be asked about. */
export const laws: readonly (readonly [string, Law])[] = [
  ...regressions.map(([name, settings]) => [name, linearRegressionLaw(settings) as Law] as const),
  ...series.map(([name, settings]) => [name, autoregressiveLaw(settings) as Law] as const),
  ...others,
];

export const isSeries = (law: Law): boolean => law.population.family === "autoregression";
