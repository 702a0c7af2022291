import { z } from "zod";
import type { Autoregression } from "../laws/autoregressive.js";
import { linearRisk } from "../theory/series/best-linear.js";
import { seriesPromptsOnly } from "../theory/series/series-only.js";
import type { Predictor, Unit } from "../types.js";
import { windowWeights } from "./algorithms/window-weights.js";
import { readOff } from "./read-off.js";

/** The last value again: the naive forecast, right for a random walk. Its risk is 2 (gamma_0 - gamma_1). */
const lastValue: Predictor<Autoregression> = {
  name: "last-value",
  kind: "predictor",
  source: { paper: "Zeng, Chen, Zhang, Xu 2023", where: "Section 5" },
  applies: seriesPromptsOnly,
  tune({ window, features }) {
    const weights = Array.from({ length: features }, (_, i) => (i === window - 1 ? 1 : 0));
    return { ...windowWeights({ weights }), risk: (test) => readOff(linearRisk, test, { weights }) };
  },
};

const unit: Unit<object, Predictor<Autoregression>> = {
  name: "last-value",
  says: "the last value of the series again",
  options: z.strictObject({}),
  make: () => lastValue,
};

export default unit;
