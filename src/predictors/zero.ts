import { z } from "zod";
import type { LinearRegression } from "../laws/gaussian-linear.js";
import { priorRisk } from "../theory/prior-risk.js";
import { regressionOnly } from "../theory/regression-only.js";
import type { Predictor, Unit } from "../types.js";
import { nothing } from "./algorithms/nothing.js";
import { readOff } from "./read-off.js";

/** Always 0, the best that can be said without a context. Its risk is tr(Lq W) + s2. */
const zero: Predictor<LinearRegression> = {
  name: "zero",
  kind: "predictor",
  source: { paper: "Garg et al. 2022", where: "Section 3" },
  applies: regressionOnly,
  tune: () => ({
    ...nothing(null),
    risk: (test) => readOff(priorRisk, test, {}),
  }),
};

const unit: Unit<object, Predictor<LinearRegression>> = {
  name: "zero",
  says: "always predicts 0",
  options: z.strictObject({}),
  make: () => zero,
};

export default unit;
