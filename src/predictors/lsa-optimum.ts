import { z } from "zod";
import type { Autoregression } from "../laws/autoregressive.js";
import { bestLinearWeights, linearRisk } from "../theory/series/best-linear.js";
import { seriesLsaOptimum } from "../theory/series/lsa-optimum.js";
import { seriesLsaRisk } from "../theory/series/lsa-risk.js";
import { fixedSeriesOnly, gaussianSeriesOnly } from "../theory/series/series-only.js";
import type { AnyRegression } from "../theory/step-moments.js";
import type { Lengths, Population, Predictor, Tuned, Unit } from "../types.js";
import { seriesLayer } from "./algorithms/series-layer.js";
import { windowWeights } from "./algorithms/window-weights.js";
import { bestPreconditioner } from "./best-preconditioner.js";
import { readOff } from "./read-off.js";

/** The optimum of the layer over one family of populations. */
interface Optimum<P extends Population> {
  applies(population: P): true | string;
  tune(population: P, context: Lengths): Tuned;
}

/**
 * Over regression it is the best preconditioned step, where a task is as likely as its opposite: what else a layer can
 * compute is even in the labels, and does not help. A pool of tasks has a mean, which a layer finds out.
 */
const overRegression: Optimum<AnyRegression> = {
  applies(population) {
    if ("pool" in population)
      return "the optimum of a layer over a pool of tasks uses their mean too, and has no closed form";
    return bestPreconditioner.applies(population);
  },
  tune: (population, context) => bestPreconditioner.tune(population, context) as Tuned,
};

/** Over series with a constant row the layer can be any linear prediction of the window, and so is the best one. */
const overSeriesWithConstant: Optimum<Autoregression> = {
  applies: (population) =>
    fixedSeriesOnly(population) === true && population.constant ? true : "there is no constant row",
  tune(population) {
    const weights = bestLinearWeights(population);
    return { ...windowWeights({ weights }), risk: (test) => readOff(linearRisk, test, { weights }) };
  },
};

/** Over Gaussian series without one it estimates the noise on the way. */
const overSeries: Optimum<Autoregression> = {
  applies: gaussianSeriesOnly,
  tune(population, context) {
    const { b, A } = seriesLsaOptimum(population, context);
    return { ...seriesLayer({ b, A }), risk: (test, at) => readOff(seriesLsaRisk, test, { b, A, context: at }) };
  },
};

const optima: readonly Optimum<Population>[] = [
  overSeriesWithConstant,
  overSeries,
  overRegression as Optimum<Population>,
];

/**
 * What one layer of linear attention computes at the minimum of its population risk. A row of theory: it states where
 * training should end, not an algorithm by itself.
 */
const lsaOptimum: Predictor = {
  name: "lsa-optimum",
  kind: "theory",
  source: { paper: "Zhang, Frei, Bartlett 2024", where: "Theorem 4.1" },
  applies: (population) => (optimumOf(population) ? true : optima.at(-1)!.applies(population)),
  tune: (population, context) => optimumOf(population)!.tune(population, context),
};

function optimumOf(population: Population): Optimum<Population> | undefined {
  return optima.find((optimum) => optimum.applies(population) === true);
}

const unit: Unit<object, Predictor> = {
  name: "lsa-optimum",
  says: "the minimum of one linear-attention layer's population risk at the training law",
  options: z.strictObject({}),
  make: () => lsaOptimum,
};

export default unit;
