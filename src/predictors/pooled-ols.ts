import { z } from "zod";
import type { Autoregression } from "../laws/autoregressive.js";
import type { RealSeries } from "../laws/series.js";
import { bestLinearWeights, linearRisk } from "../theory/series/best-linear.js";
import { fixedSeriesOnly } from "../theory/series/series-only.js";
import type { Population, Predictor, Unit } from "../types.js";
import { windowWeights } from "./algorithms/window-weights.js";
import { readOff } from "./read-off.js";

/**
 * Least squares once for all prompts: on every window of a real series' training part, or, where the law is known, on
 * infinitely many, which is its best linear prediction. It is told nothing by the prompt but its query.
 */
const pooledOls: Predictor<Autoregression | RealSeries> = {
  name: "pooled-ols",
  kind: "predictor",
  source: { paper: "Zhou, Wang, Goel, Zhang 2025", where: "Figure 1" },
  applies: (population) => isReal(population) || fixedSeriesOnly(population),
  tune(population) {
    const weights = isReal(population) ? population.pooled : bestLinearWeights(population as Autoregression);
    return { ...windowWeights({ weights }), risk: (test) => readOff(linearRisk, test as Autoregression, { weights }) };
  },
};

function isReal(population: Population): population is RealSeries {
  return population.family === "series-windows" && "pooled" in population;
}

const unit: Unit<object, Predictor<Autoregression | RealSeries>> = {
  name: "pooled-ols",
  says: "least squares once on all windows of the training part of a series",
  options: z.strictObject({}),
  make: () => pooledOls,
};

export default unit;
