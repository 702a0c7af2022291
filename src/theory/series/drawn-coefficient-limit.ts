import type { Autoregression } from "../../laws/autoregressive.js";
import type { ClosedForm } from "../../types.js";
import { seriesOnly } from "./series-only.js";

/**
 * With a coefficient q drawn for every prompt and endless prompts a linear-attention layer sees gamma_1 and gamma_0
 * themselves, and the best it makes of them is beta gamma_1 z: it cannot divide by gamma_0. For q uniform on [-a, a],
 *
 *   beta = E[q^2 / (1 - q^2)^2] / E[q^2 / (1 - q^2)^3]   in units of 1 / s2.
 *
 * Source: derived from Definition 3.3 of Zhou, Wang, Goel, Zhang 2025.
 */
export function drawnCoefficientGain({ coefficients, noise }: Autoregression): number {
  const { second, third } = powerMeans(withinOf(coefficients));
  return second / third / noise ** 2;
}

/**
 * Risk of that layer as the prompts grow, s2 + s2 (E[q^2 / (1 - q^2)] - E[q^2 / (1 - q^2)^2]^2 / E[q^2 / (1 - q^2)^3]):
 * it stays away from the noise s2, which least squares on each prompt reaches. "Asymptotic recovery" is a statement about
 * one fixed set of coefficients.
 */
export const drawnCoefficientLimit: ClosedForm<Autoregression, object> = {
  name: "limit of a linear-attention layer's risk under drawn coefficients",
  source: { paper: "Zhou, Wang, Goel, Zhang 2025", where: "Section 3" },
  kind: "asymptotic",
  applies(population) {
    const series = seriesOnly(population);
    if (series !== true) return series;
    const { coefficients, window, constant } = population;
    if (coefficients.kind === "fixed") return "the coefficients are the same in all prompts";
    if (coefficients.order !== 1 || window !== 1 || constant)
      return "the limit is known for one coefficient, a window of one value and no constant row";
    return coefficients.kind === "partial" || coefficients.root === 1 || "the limit is known for a uniform coefficient";
  },
  value({ coefficients, noise }) {
    const { first, second, third } = powerMeans(withinOf(coefficients));
    return noise ** 2 * (1 + first - second ** 2 / third);
  },
};

/** E[q^2 / (1 - q^2)^k] for k = 1, 2, 3 and q uniform on [-a, a], by their antiderivatives. */
function powerMeans(a: number): { readonly first: number; readonly second: number; readonly third: number } {
  const [bend, inside] = [Math.atanh(a) / a, 1 - a * a];
  return {
    first: bend - 1,
    second: (1 / inside - bend) / 2,
    third: (2 / inside ** 2 - 1 / inside - bend) / 8,
  };
}

function withinOf(coefficients: Autoregression["coefficients"]): number {
  if (coefficients.kind === "fixed") throw new RangeError("the coefficients are the same in all prompts");
  return coefficients.within;
}
