import { z } from "zod";
import type { Autoregression } from "../laws/autoregressive.js";
import { seriesPromptsOnly } from "../theory/series/series-only.js";
import { meanRisk } from "../theory/series/simple-risks.js";
import type { Predictor, Unit } from "../types.js";
import { historyMean } from "./algorithms/history-mean.js";
import { readOff } from "./read-off.js";

/** The mean of the values seen. A prompt without pairs is predicted 0, the mean of the law. */
const mean: Predictor<Autoregression> = {
  name: "mean",
  kind: "predictor",
  source: { paper: "Zeng, Chen, Zhang, Xu 2023", where: "Section 5" },
  applies: seriesPromptsOnly,
  tune: ({ window }) => ({
    ...historyMean({ window }),
    risk: (test, context) =>
      context === 0 ? { why: "without pairs 0 is predicted" } : readOff(meanRisk, test, { context }),
  }),
};

const unit: Unit<object, Predictor<Autoregression>> = {
  name: "mean",
  says: "the mean of the values of the series that the prompt shows",
  options: z.strictObject({}),
  make: () => mean,
};

export default unit;
