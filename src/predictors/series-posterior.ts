import { z } from "zod";
import type { Autoregression } from "../laws/autoregressive.js";
import { seriesOnly } from "../theory/series/series-only.js";
import type { Predictor, Unit } from "../types.js";
import { effectiveSamples, seriesPosteriorMean } from "./algorithms/series-posterior.js";

const options = z.strictObject({
  effective: z
    .int()
    .min(10)
    .max(20_000)
    .default(400)
    .describe("independent draws that the samples of three or more coefficients must be worth"),
  seed: z.int().min(0).default(0).describe("seed of those samples"),
});

type Options = z.infer<typeof options>;

/**
 * The Bayes prediction of a series whose coefficients are drawn: their posterior given all values of the prompt, by the
 * exact Gaussian likelihood of a stationary series and the law's prior. One or two coefficients are integrated by
 * quadrature; more are sampled, and a prompt whose samples are worth too little is an error. Of fixed coefficients it is
 * the best prediction from all values that are shown, not only the window's.
 */
function seriesPosterior(sampling: Options): Predictor<Autoregression> {
  return {
    name: "series-posterior",
    kind: "predictor",
    source: { paper: "Box, Jenkins, Reinsel 1994", where: "Section 7.4" },
    applies(population) {
      const series = seriesOnly(population);
      if (series !== true) return series;
      const { coefficients, innovations } = population;
      if (innovations.kind === "gaussian" || coefficients.kind === "fixed") return true;
      return `the posterior is known for gaussian innovations, not ${innovations.kind}`;
    },
    tune({ coefficients, window, noise }) {
      const constants = { prior: coefficients, window, noise, sampling };
      const effective = effectiveSamples(constants);
      return {
        ...seriesPosteriorMean(constants),
        ...(effective && { effectiveSamples: effective }),
        risk: () => ({ why: "the Bayes risk of drawn coefficients has no closed form at finite n; it is sampled" }),
      };
    },
  };
}

const unit: Unit<Options, Predictor<Autoregression>> = {
  name: "series-posterior",
  says: "the Bayes prediction of a series by the posterior of its drawn coefficients",
  options,
  make: seriesPosterior,
};

export default unit;
