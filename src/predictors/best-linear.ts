import { z } from "zod";
import type { Autoregression } from "../laws/autoregressive.js";
import type { VectorAutoregression } from "../laws/vector-autoregressive.js";
import { bestLinearWeights, linearRisk } from "../theory/series/best-linear.js";
import { fixedSeriesOnly } from "../theory/series/series-only.js";
import { bestVectorWeights, vectorLinearRisk, vectorSeriesOnly } from "../theory/series/vector-risk.js";
import type { Population, Predictor, Unit } from "../types.js";
import { windowWeights } from "./algorithms/window-weights.js";
import { readOff } from "./read-off.js";

type Series = Autoregression | VectorAutoregression;

/** The best linear prediction from the window by the series' true coefficients: the oracle that a fitted model nears. */
const bestLinear: Predictor<Series> = {
  name: "best-linear",
  kind: "predictor",
  source: { paper: "Zhou, Wang, Goel, Zhang 2025", where: "Theorem 4.4" },
  applies: (population) => isVector(population) || fixedSeriesOnly(population),
  tune(population) {
    const weights = isVector(population)
      ? bestVectorWeights(population)
      : bestLinearWeights(population as Autoregression);
    return {
      ...windowWeights({ weights }),
      risk: (test) =>
        isVector(test)
          ? readOff(vectorLinearRisk, test, { weights })
          : readOff(linearRisk, test as Autoregression, { weights }),
    };
  },
};

function isVector(population: Population): population is VectorAutoregression {
  return vectorSeriesOnly(population) === true;
}

const unit: Unit<object, Predictor<Series>> = {
  name: "best-linear",
  says: "the best linear prediction of a series by its true coefficients",
  options: z.strictObject({}),
  make: () => bestLinear,
};

export default unit;
