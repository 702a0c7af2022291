import { z } from "zod";
import type { LinearRegression } from "../laws/gaussian-linear.js";
import type { Mixture } from "../laws/mixture.js";
import { eigen, rank, spectralMap } from "../math/symmetric.js";
import { labelRisk, regressionPrompts } from "../theory/step-moments.js";
import type { Predictor, Rows, Unit } from "../types.js";
import { type Component, type Density, mixturePosterior } from "./algorithms/mixture-posterior.js";
import { readOff } from "./read-off.js";

/**
 * The Bayes predictor of a mixture of linear regressions with Gaussian tasks, inputs and noise: each component's posterior
 * mean, weighed by how likely the prompt is under it. Algorithm selection in context, in closed form a prompt.
 * Components without noise put their labels on a subspace, where densities do not compare; they are declined.
 * Source: Bai, Chen, Wang, Xiong, Mei 2023, Section 4.2 (Bayes-optimal ridge over noise levels).
 */
const posterior: Predictor<Mixture> = {
  name: "mixture-posterior",
  kind: "predictor",
  source: { paper: "Bai, Chen, Wang, Xiong, Mei 2023", where: "Section 4" },
  applies(population) {
    const regression = regressionPrompts(population);
    if (regression !== true) return regression;
    const { components, family }: Partial<Mixture> = population;
    if (!components) return `the posterior of a mixture needs a law with components, not ${family}`;
    if (components.some(({ noise }) => noise === 0))
      return "densities of labels compare where every component has noise";
    if (sameInputs(components)) return true;
    const isSingular = components.some(({ covariance, features }) => rank(covariance) < features);
    return !isSingular || "densities of different inputs compare where every covariance has full rank";
  },
  tune({ share, components }) {
    const differ = !sameInputs(components);
    const known = components.map(({ covariance, queryCovariance, taskCovariance, noise }, k): Component => {
      const inputs = differ ? { context: density(covariance), query: density(queryCovariance) } : null;
      return { logShare: Math.log(k === 0 ? share : 1 - share), taskCovariance, noise, inputs };
    });
    return {
      ...mixturePosterior({ components: known }),
      risk: (test, context) =>
        context === 0
          ? readOff(labelRisk, test, {})
          : { why: "the risk of the posterior of a mixture has no closed form; it is sampled" },
    };
  },
};

const sameInputs = ([first, second]: Mixture["components"]): boolean => {
  const inputs = ({ covariance, queryCovariance }: LinearRegression) => JSON.stringify([covariance, queryCovariance]);
  return inputs(first) === inputs(second);
};

function density(covariance: Rows): Density {
  const logDeterminant = eigen(covariance).values.reduce((total, value) => total + Math.log(value), 0);
  return { precision: spectralMap(covariance, (value) => 1 / value), logDeterminant };
}

const unit: Unit<object, Predictor<Mixture>> = {
  name: "mixture-posterior",
  says: "the posterior mean under a mixture of linear regressions: Bayes there",
  options: z.strictObject({}),
  make: () => posterior,
};

export default unit;
