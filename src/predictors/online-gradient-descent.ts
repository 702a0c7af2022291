import { z } from "zod";
import { hasLabelMoments } from "../theory/label-moments.js";
import { onlineRisk, projectionRisk } from "../theory/online-risk.js";
import { regressionOnly } from "../theory/regression-only.js";
import { type AnyRegression, linearTwin, regressionPrompts } from "../theory/step-moments.js";
import type { Predictor, Unit } from "../types.js";
import { onePass } from "./algorithms/one-pass.js";
import { bestOnlineStep } from "./best-online-step.js";
import { readOffTwin } from "./read-off-twin.js";

/**
 * One pass over the pairs in their order, w <- w + g (y_j - w . x_j) x_j from 0, with the constant step of least exact risk. It
 * is exact under every covariance and kurtosis of the inputs.
 */
const constantStep: Predictor<AnyRegression> = {
  name: "online-gradient-descent",
  kind: "predictor",
  source: { paper: "Akyurek et al. 2023", where: "Section 4" },
  applies(population) {
    const linear = linearTwin(population);
    return linear ? hasLabelMoments(linear) : regressionOnly(population);
  },
  tune(population, context) {
    const step = bestOnlineStep(linearTwin(population)!, context, false);
    return {
      ...onePass({ step, averaged: false }),
      risk: (test, n) => readOffTwin(onlineRisk, test, { step, context: n, averaged: false }),
    };
  },
};

/** The same with steps 1 / |x_j|^2: every pair is fitted as it comes, and nothing is tuned. */
const normalized: Predictor<AnyRegression> = {
  name: "online-gradient-descent-normalized",
  kind: "predictor",
  source: { paper: "Fu, Chen, Jia, Sharan 2024", where: "Section 3" },
  applies: regressionPrompts,
  tune: () => ({
    ...onePass({ step: null, averaged: false }),
    risk: (test, context) => readOffTwin(projectionRisk, test, { context }),
  }),
};

const unit: Unit<"normalized" | undefined, Predictor<AnyRegression>> = {
  name: "online-gradient-descent",
  says: "one pass of gradient descent over the pairs with one best step (`normalized`: with steps 1 / |x|^2)",
  options: z.literal("normalized").optional(),
  make: (option) => (option === "normalized" ? normalized : constantStep),
};

export default unit;
