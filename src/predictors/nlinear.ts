import { z } from "zod";
import type { Autoregression } from "../laws/autoregressive.js";
import { linearRisk } from "../theory/series/best-linear.js";
import { noLevelWeights } from "../theory/series/no-level-risk.js";
import { fixedSeriesOnly } from "../theory/series/series-only.js";
import type { Predictor, Unit } from "../types.js";
import { windowWeights } from "./algorithms/window-weights.js";
import { readOff } from "./read-off.js";

/** NLinear at its population optimum: the last value is taken off the window and added again, so that weights sum to 1. */
const nlinear: Predictor<Autoregression> = {
  name: "nlinear",
  kind: "predictor",
  source: { paper: "Zeng, Chen, Zhang, Xu 2023", where: "Section 4" },
  applies: fixedSeriesOnly,
  tune(population) {
    const weights = noLevelWeights(population);
    return { ...windowWeights({ weights }), risk: (test) => readOff(linearRisk, test, { weights }) };
  },
};

const unit: Unit<object, Predictor<Autoregression>> = {
  name: "nlinear",
  says: "NLinear at its optimum: the best linear prediction whose weights sum to 1",
  options: z.strictObject({}),
  make: () => nlinear,
};

export default unit;
