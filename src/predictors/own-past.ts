import { z } from "zod";
import type { Autoregression } from "../laws/autoregressive.js";
import type { VectorAutoregression } from "../laws/vector-autoregressive.js";
import { bestLinearWeights, linearRisk } from "../theory/series/best-linear.js";
import { fixedSeriesOnly } from "../theory/series/series-only.js";
import { ownPastWeights, vectorLinearRisk, vectorSeriesOnly } from "../theory/series/vector-risk.js";
import type { Population, Predictor, Unit } from "../types.js";
import { windowWeights } from "./algorithms/window-weights.js";
import { readOff } from "./read-off.js";

type Series = Autoregression | VectorAutoregression;

/**
 * The best linear prediction of a series from its own past, whatever the others do: what there is to know where nothing
 * drives it, and for want of what the others show elsewhere.
 */
const ownPast: Predictor<Series> = {
  name: "own-past",
  kind: "predictor",
  source: { paper: "Zeng, Chen, Zhang, Xu 2023", where: "Section 4" },
  applies: (population) => isVector(population) || fixedSeriesOnly(population),
  tune(population) {
    const weights = isVector(population) ? ownPastWeights(population) : bestLinearWeights(population as Autoregression);
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
  name: "own-past",
  says: "the best linear prediction of a series from its own past alone",
  options: z.strictObject({}),
  make: () => ownPast,
};

export default unit;
