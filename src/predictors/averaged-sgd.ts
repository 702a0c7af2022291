import { z } from "zod";
import { hasLabelMoments } from "../theory/label-moments.js";
import { onlineRisk } from "../theory/online-risk.js";
import { regressionOnly } from "../theory/regression-only.js";
import { type AnyRegression, linearTwin } from "../theory/step-moments.js";
import type { Predictor, Unit } from "../types.js";
import { onePass } from "./algorithms/one-pass.js";
import { bestOnlineStep } from "./best-online-step.js";
import { readOffTwin } from "./read-off-twin.js";

/**
 * Constant-step stochastic gradient descent with averaging: one pass over the pairs as `online-gradient-descent` makes it, and
 * the mean of its iterates w_1, .., w_n answers. The step is the one of least exact risk.
 * Source: Bach, Moulines 2013, Section 3 (rate 1/n without strong convexity; their mean includes w_0 = 0).
 */
const averagedSgd: Predictor<AnyRegression> = {
  name: "averaged-sgd",
  kind: "predictor",
  source: { paper: "Bach, Moulines 2013", where: "Section 3" },
  applies(population) {
    const linear = linearTwin(population);
    return linear ? hasLabelMoments(linear) : regressionOnly(population);
  },
  tune(population, context) {
    const step = bestOnlineStep(linearTwin(population)!, context, true);
    return {
      ...onePass({ step, averaged: true }),
      risk: (test, n) => readOffTwin(onlineRisk, test, { step, context: n, averaged: true }),
    };
  },
};

const unit: Unit<object, Predictor<AnyRegression>> = {
  name: "averaged-sgd",
  says: "the mean iterate of one pass of stochastic gradient descent with one best step",
  options: z.strictObject({}),
  make: () => averagedSgd,
};

export default unit;
