import { z } from "zod";
import { priorRisk } from "../theory/prior-risk.js";
import { levelRisk } from "../theory/series/simple-risks.js";
import { labelRisk } from "../theory/step-moments.js";
import type { Predictor, Unit } from "../types.js";
import { nothing } from "./algorithms/nothing.js";
import { readOff } from "./read-off.js";

/** Always 0, the best that can be said without a context. Its risk is E y_q^2: tr(Lq W) + s2, or gamma_0 of a series. */
const zero: Predictor = {
  name: "zero",
  kind: "predictor",
  source: { paper: "Garg et al. 2022", where: "Section 3" },
  applies: () => true,
  tune: () => ({
    ...nothing(null),
    risk: (test) => readOff([levelRisk, labelRisk, priorRisk], test, {}),
  }),
};

const unit: Unit<object, Predictor> = {
  name: "zero",
  says: "always predicts 0",
  options: z.strictObject({}),
  make: () => zero,
};

export default unit;
