import { type ZodType, z } from "zod";
import gaussianLinear from "../src/laws/gaussian-linear.js";
import linearAttention from "../src/mixers/linear-attention.js";
import softmaxAttention from "../src/mixers/softmax-attention.js";
import type { Catalogue, Predictor, Unit } from "../src/types.js";

/** A predictor that only has a name: enough for a study to be read and judged. */
function named(name: string, options: ZodType): Unit<unknown, Predictor> {
  const make = (option: unknown): Predictor => ({
    name: typeof option === "number" ? `${name}-${option}` : name,
    source: { paper: "none", where: "Section 0" },
    kind: "predictor",
    applies: () => true,
    tune: () => {
      throw new Error("not predicted with here");
    },
  });
  return { name, says: name, options, make };
}

const none = z.strictObject({});
const predictors = [
  named("zero", none),
  named("gradient-step", z.literal("retuned").optional()),
  named("preconditioned-gradient-step", none),
  named("newton", z.int().min(1)),
  named("ridge", none),
  named("ols", none),
  named("lsa-optimum", none),
];

/** The laws and mixers as they are, and predictors without arithmetic. */
export const catalogue: Catalogue = {
  laws: new Map([[gaussianLinear.name, gaussianLinear]]),
  mixers: new Map([linearAttention, softmaxAttention].map((unit) => [unit.name, unit])),
  predictors: new Map(predictors.map((unit) => [unit.name, unit])),
};
