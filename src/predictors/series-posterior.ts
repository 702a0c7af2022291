import { z } from "zod";
import type { Autoregression } from "../laws/autoregressive.js";
import { seriesOnly } from "../theory/series/series-only.js";
import type { Predictor, Unit } from "../types.js";
import { seriesPosteriorMean } from "./algorithms/series-posterior.js";

/**
 * The Bayes prediction of a series whose coefficients are drawn: their posterior given all values of the prompt, by the
 * exact Gaussian likelihood of a stationary series and quadrature over the law's prior, for one or two of them. Of fixed
 * coefficients it is the best prediction from all values that are shown, not only the window's.
 */
const seriesPosterior: Predictor<Autoregression> = {
  name: "series-posterior",
  kind: "predictor",
  source: { paper: "Box, Jenkins, Reinsel 1994", where: "Section 7.4" },
  applies(population) {
    const series = seriesOnly(population);
    if (series !== true) return series;
    const { coefficients, innovations } = population;
    if (innovations.kind !== "gaussian")
      return (
        coefficients.kind === "fixed" || `the posterior is known for gaussian innovations, not ${innovations.kind}`
      );
    if (coefficients.kind === "fixed" || coefficients.order <= 2) return true;
    return `the posterior is integrated over one or two coefficients, and ${coefficients.order} are drawn`;
  },
  tune: ({ coefficients, window, noise }) => ({
    ...seriesPosteriorMean({ prior: coefficients, window, noise }),
    risk: () => ({ why: "the Bayes risk of drawn coefficients has no closed form at finite n; it is sampled" }),
  }),
};

const unit: Unit<object, Predictor<Autoregression>> = {
  name: "series-posterior",
  says: "the Bayes prediction of a series by the posterior of its drawn coefficients",
  options: z.strictObject({}),
  make: () => seriesPosterior,
};

export default unit;
