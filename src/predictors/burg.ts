import { z } from "zod";
import type { Autoregression } from "../laws/autoregressive.js";
import { seriesPromptsOnly } from "../theory/series/series-only.js";
import type { Predictor, Unit } from "../types.js";
import { burgFit } from "./algorithms/burg.js";

/** The prediction by Burg's coefficients of order p from the prompt's own values: always stationary, little biased. */
const burg: Predictor<Autoregression> = {
  name: "burg",
  kind: "predictor",
  source: { paper: "Brockwell, Davis 1991", where: "Section 8.2" },
  applies: seriesPromptsOnly,
  tune: ({ window }) => ({
    ...burgFit({ window }),
    risk: () => ({ why: "the risk of fitted coefficients has no closed form at finite n; it is sampled" }),
  }),
};

const unit: Unit<object, Predictor<Autoregression>> = {
  name: "burg",
  says: "coefficients by Burg's recursion on the prompt's own values",
  options: z.strictObject({}),
  make: () => burg,
};

export default unit;
