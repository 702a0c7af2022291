import { z } from "zod";
import type { Autoregression } from "../laws/autoregressive.js";
import { bestLinearWeights, linearRisk } from "../theory/series/best-linear.js";
import { fixedSeriesOnly } from "../theory/series/series-only.js";
import type { Predictor, Unit } from "../types.js";
import { windowWeights } from "./algorithms/window-weights.js";
import { readOff } from "./read-off.js";

/** The best linear prediction from the window by the series' true coefficients: the oracle that a fitted model nears. */
const bestLinear: Predictor<Autoregression> = {
  name: "best-linear",
  kind: "predictor",
  source: { paper: "Zhou, Wang, Goel, Zhang 2025", where: "Theorem 4.4" },
  applies: fixedSeriesOnly,
  tune(population) {
    const weights = bestLinearWeights(population);
    return { ...windowWeights({ weights }), risk: (test) => readOff(linearRisk, test, { weights }) };
  },
};

const unit: Unit<object, Predictor<Autoregression>> = {
  name: "best-linear",
  says: "the best linear prediction of a series by its true coefficients",
  options: z.strictObject({}),
  make: () => bestLinear,
};

export default unit;
