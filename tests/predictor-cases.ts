import { readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { autoregressiveLaw, type SeriesSettings } from "../src/laws/autoregressive.js";
import { corruptedLabelsLaw } from "../src/laws/corrupted-labels.js";
import { linearRegressionLaw, type Settings } from "../src/laws/gaussian-linear.js";
import { mixtureLaw } from "../src/laws/mixture.js";
import { nonlinearTargetLaw } from "../src/laws/nonlinear-target.js";
import { randomBasisLaw } from "../src/laws/random-basis.js";
import { randomCovarianceLaw } from "../src/laws/random-covariance.js";
import { fixedCoefficients } from "../src/laws/series-coefficients.js";
import { severalTasksLaw } from "../src/laws/several-tasks.js";
import { normalPool, taskPoolLaw } from "../src/laws/task-pool.js";
import { diagonal, identity, scaled } from "../src/math/matrix.js";
import type { Law, Predictor, Unit } from "../src/types.js";

const folder = join(dirname(fileURLToPath(import.meta.url)), "../src/predictors");
export const features = 3;
export const site = { features, context: 5 };

type AnyUnit = Unit<unknown, Predictor>;
/** Files with a default export are units; the others are what units share. */
export const units: { readonly file: string; readonly unit: AnyUnit }[] = [];
for (const file of readdirSync(folder).filter((name) => name.endsWith(".ts"))) {
  const module = (await import(join(folder, file))) as { default?: AnyUnit };
  if (module.default) units.push({ file: file.replace(/\.ts$/, ""), unit: module.default });
}
const options = [
  ...[undefined, {}, 1, 2, "retuned", "normalized", { edge: 2 }, { penalty: 0.5 }],
  ...[{ heads: 1 }, { heads: 2, omega: 0.3 }, { kernel: { kind: "gaussian", width: 1 }, penalty: 0.5 }],
];
/** Every unit with each of these options that its own schema takes. */
export const predictors = units.flatMap(({ unit }) => {
  const made = options
    .map((option) => unit.options.safeParse(option))
    .flatMap(({ success, data }) => (success ? [unit.make(data, site)] : []));
  return [...new Map(made.map((predictor) => [predictor.name, predictor])).values()];
});

/** Predictors whose constants are sought on sampled prompts: tuning one takes a tenth of a second or more. */
const sought = /^(gd-plus-plus|gradient-descent|preconditioned-gradient-descent|softmax-heads)-/;
export const isSought = ({ name }: Predictor) => sought.test(name);

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
export const others: readonly (readonly [string, Law])[] = [
  ["a pool", taskPoolLaw({ pool: normalPool(4, correlated, 2), noise: 0.5, covariance: correlated }) as Law],
  ["a mixture", mixtureLaw(0.3, linearRegressionLaw({ features, noise: 1, covariance: correlated }), even) as Law],
  ["corrupted labels", corruptedLabelsLaw({ features, share: 0.2, noise: 0.5 }) as Law],
  ["random covariances", randomCovarianceLaw(features, "exponential", 0.5) as Law],
  ["a random basis", randomBasisLaw(diagonal([2, 1, 0.1]), 0.5) as Law],
  ["ReLU targets", nonlinearTargetLaw(features, { noise: 0.5 }) as Law],
  [
    "overlapping tasks",
    severalTasksLaw(
      features,
      [
        [0, 1],
        [1, 2],
      ],
      0.5,
    ) as Law,
  ],
];
export const laws: readonly (readonly [string, Law])[] = [
  ...regressions.map(([name, settings]) => [name, linearRegressionLaw(settings) as Law] as const),
  ...series.map(([name, settings]) => [name, autoregressiveLaw(settings) as Law] as const),
  ...others,
];
export const isSeries = (law: Law) => law.population.family === "autoregression";
