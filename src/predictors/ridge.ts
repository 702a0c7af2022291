import { z } from "zod";
import { identity } from "../math/matrix.js";
import { symmetricRoot } from "../math/symmetric.js";
import { leastPriorNormRisk } from "../theory/least-prior-norm-risk.js";
import { seriesPromptsOnly } from "../theory/series/series-only.js";
import { vectorSeriesOnly } from "../theory/series/vector-risk.js";
import { type AnyRegression, isLinear, labelRisk, linearTwin, regressionPrompts } from "../theory/step-moments.js";
import type { Predictor, Rows, Tuned, Unit } from "../types.js";
import { posteriorMean } from "./algorithms/posterior-mean.js";
import { readOff } from "./read-off.js";

/**
 * The posterior mean of the task, w_hat = argmin ||X w - y||^2 + s2 w^T W^-1 w for w ~ N(0, W): the Bayes predictor where
 * the task and the noise are Gaussian. In the whitened task v, w = W^(1/2) v, it is least squares of minimum norm on the
 * rows of X W^(1/2) stacked on s I, so that it is right for singular W, for no noise (minimum norm in the metric of the
 * prior) and for inputs that are rank-deficient. Without noise it is a projection, and its risk has a closed form.
 */
const ridge: Predictor<AnyRegression> = {
  name: "ridge",
  kind: "predictor",
  source: { paper: "Garg et al. 2022", where: "Section 3" },
  applies(population) {
    const regression = regressionPrompts(population);
    if (regression !== true || priorOf(population)) return regression;
    return `the posterior mean is known for linear tasks, not for ${population.family}; name a penalty`;
  },
  tune: (population) => ridgeOf(priorOf(population)!, population.noise),
};

/** argmin ||X w - y||^2 + penalty ||w||^2 whatever the law: the penalty of no other scale than the labels'. */
function penalized(penalty: number): Predictor<AnyRegression> {
  return {
    name: `ridge-${String(penalty).replace(".", "-")}`,
    kind: "predictor",
    source: { paper: "Akyurek et al. 2023", where: "Section 3" },
    applies: (population) =>
      seriesPromptsOnly(population) === true || vectorSeriesOnly(population) === true || regressionPrompts(population),
    tune: ({ features }) => ridgeOf(identity(features), Math.sqrt(penalty)),
  };
}

function ridgeOf(prior: Rows, noise: number): Tuned<AnyRegression> {
  return {
    ...posteriorMean({ root: symmetricRoot(prior), noise }),
    risk(test, context) {
      if (context === 0) return readOff(labelRisk, test, {});
      const linear = noise === 0 ? linearTwin(test, ["label-linear"]) : null;
      if (linear) return readOff(leastPriorNormRisk, linear, { context, prior });
      return { why: "the risk of ridge regression has no closed form at finite n; it is sampled" };
    },
  };
}

function priorOf(population: AnyRegression): Rows | undefined {
  return isLinear(population) ? population.taskCovariance : population.tasks;
}

const options = z.strictObject({
  penalty: z
    .number()
    .min(0)
    .optional()
    .describe("the factor of ||w||^2, 0 or more; the posterior mean's where left out"),
});

type Options = z.infer<typeof options>;

/**
 * Ridge regression as a study names it.
 *
 * @example
 * import { linearRegressionLaw } from "iclab/laws/gaussian-linear";
 * import ridge from "iclab/predictors/ridge";
 *
 * const { population } = linearRegressionLaw({ features: 2, noise: 0.5 });
 * const answer = ridge.make({}, { features: 2, context: 6 }).tune(population, 6).risk(population, 6);
 * "why" in answer; // true
 */
const unit: Unit<Options, Predictor<AnyRegression>> = {
  name: "ridge",
  says: "the posterior mean of the task: Bayes where tasks and noise are Gaussian",
  options,
  make: ({ penalty }) => (penalty === undefined ? ridge : penalized(penalty)),
};

export default unit;
