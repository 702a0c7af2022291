import { z } from "zod";
import { regressionOnly } from "../theory/regression-only.js";
import { type AnyRegression, labelRisk, linearTwin } from "../theory/step-moments.js";
import type { Predictor, Unit } from "../types.js";
import { softmaxAverage } from "./algorithms/softmax-average.js";
import { readOff } from "./read-off.js";
import { softmaxConstants } from "./softmax-constants.js";

const allowed = "{ heads: 1 } for one head of best omega, or { heads: 1 or 2, omega: above 0 }";

const options = z
  .strictObject({
    heads: z
      .union([z.literal(1), z.literal(2)], { error: "heads are 1 or 2" })
      .describe("1 head, or 2 of opposite signs"),
    omega: z.number().positive().optional().describe("scale of the scores; one head's best where left out"),
  })
  .refine(({ heads, omega }) => heads === 1 || omega !== undefined, {
    path: ["omega"],
    error: "two heads have no best omega, as their risk falls down to omega = 0; name one, say 0.13",
  })
  .describe(allowed);

type Options = z.infer<typeof options>;

/**
 * What trained softmax attention converges to, as a kernel smoother of the labels: one head, or a pair of opposite signs
 *
 *   y = mu sum_l y_l softmax(omega X x_q)_l,   y = mu sum_l y_l (softmax(omega X x_q)_l - softmax(-omega X x_q)_l)
 *
 * with mu of least risk at the training law. For small omega the pair is a debiased gradient step of size 2 omega mu, as the
 * constants of both heads cancel; one head cannot lose its constant and pays for it. Linear in labels, and turns with the
 * inputs. Its risk has no closed form at finite n; the limits are in theory.
 * Source: He, Pan, Chen, Yang 2025, Section 3 (pattern of trained heads).
 */
function softmaxHeads({ heads, omega }: Options): Predictor<AnyRegression> {
  return {
    name: `softmax-heads-${heads}${omega === undefined ? "" : `-${String(omega).replace(".", "-")}`}`,
    kind: "predictor",
    source: { paper: "He, Pan, Chen, Yang 2025", where: "Section 3" },
    applies: (population) => (linearTwin(population) ? true : regressionOnly(population)),
    tune(population, context) {
      const constants = softmaxConstants(linearTwin(population)!, context, heads, omega);
      return {
        ...softmaxAverage({ heads, ...constants }),
        risk: (test, n) =>
          n === 0
            ? readOff(labelRisk, test, {})
            : { why: "the risk of softmax heads has no closed form at finite n; it is sampled" },
      };
    },
  };
}

const unit: Unit<Options, Predictor<AnyRegression>> = {
  name: "softmax-heads",
  says: "softmax attention of one head, or of a pair of opposite signs, with the best output weight",
  options,
  make: softmaxHeads,
};

export default unit;
