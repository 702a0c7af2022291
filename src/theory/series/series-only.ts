import type { Autoregression } from "../../laws/autoregressive.js";
import type { Population } from "../../types.js";

/** Whether a population is a series: true, or the sentence why not. */
export function seriesOnly({ family }: Population): true | string {
  return family === "autoregression" || `this is for autoregressive series, not for ${family}`;
}

/** Whether prompts are windows of a series, of a law's or of a real one: true, or the sentence why not. */
export function seriesPromptsOnly({ family }: Population): true | string {
  const known = family === "autoregression" || family === "series-windows";
  return known || `this is for windows of a series, not for ${family}`;
}

/** Whether it is a series with one set of coefficients: true, or the sentence why not. */
export function fixedSeriesOnly(population: Population): true | string {
  const series = seriesOnly(population);
  if (series !== true) return series;
  const { coefficients } = population as Autoregression;
  return coefficients.kind === "fixed" || "the coefficients are drawn for every prompt, and this is for fixed ones";
}

/** Whether it is such a series with Gaussian values: true, or the sentence why not. */
export function gaussianSeriesOnly(population: Population): true | string {
  const fixed = fixedSeriesOnly(population);
  if (fixed !== true) return fixed;
  const { kind } = (population as Autoregression).innovations;
  return kind === "gaussian" || `the sixth moments are known for gaussian innovations, not for ${kind} ones`;
}
