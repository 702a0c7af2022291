import { z } from "zod";
import { leastSquaresRisk } from "../theory/least-squares-risk.js";
import type { Predictor, Unit } from "../types.js";
import { minimumNorm } from "./algorithms/minimum-norm.js";
import { readOffTwin } from "./read-off-twin.js";

/** Least squares on the prompt's own pairs, of minimum norm where they leave a choice (n < d, rank-deficient inputs). */
const ols: Predictor = {
  name: "ols",
  kind: "predictor",
  source: { paper: "Akyurek et al. 2023", where: "Section 2" },
  applies: () => true,
  tune: () => ({
    ...minimumNorm(null),
    risk: (test, context) => readOffTwin(leastSquaresRisk, test, { context }),
  }),
};

const unit: Unit<object, Predictor> = {
  name: "ols",
  says: "least squares of minimum norm",
  options: z.strictObject({}),
  make: () => ols,
};

export default unit;
