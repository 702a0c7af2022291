import { z } from "zod";
import type { LinearRegression } from "../laws/gaussian-linear.js";
import { symmetricRoot } from "../math/symmetric.js";
import { leastPriorNormRisk } from "../theory/least-prior-norm-risk.js";
import { priorRisk } from "../theory/prior-risk.js";
import { regressionOnly } from "../theory/regression-only.js";
import type { Predictor, Unit } from "../types.js";
import { posteriorMean } from "./algorithms/posterior-mean.js";
import { readOff } from "./read-off.js";

/**
 * The posterior mean of the task, w_hat = argmin ||X w - y||^2 + s2 w^T W^-1 w for w ~ N(0, W): the Bayes predictor where
 * the task and the noise are Gaussian. In the whitened task v, w = W^(1/2) v, it is least squares of minimum norm on the
 * rows of X W^(1/2) stacked on s I, so that it is right for singular W, for no noise (minimum norm in the metric of the
 * prior) and for inputs that are rank-deficient. Without noise it is a projection, and its risk has a closed form.
 */
const ridge: Predictor<LinearRegression> = {
  name: "ridge",
  kind: "predictor",
  source: { paper: "Garg et al. 2022", where: "Section 3" },
  applies: regressionOnly,
  tune({ taskCovariance, noise }) {
    return {
      ...posteriorMean({ root: symmetricRoot(taskCovariance), noise }),
      risk(test, context) {
        if (context === 0) return readOff(priorRisk, test, {});
        if (noise === 0) return readOff(leastPriorNormRisk, test, { context, prior: taskCovariance });
        return { why: "the risk of ridge regression has no closed form at finite n; it is sampled" };
      },
    };
  },
};

const unit: Unit<object, Predictor<LinearRegression>> = {
  name: "ridge",
  says: "the posterior mean of the task: Bayes where tasks and noise are Gaussian",
  options: z.strictObject({}),
  make: () => ridge,
};

export default unit;
