import type { LinearRegression } from "../laws/gaussian-linear.js";
import type { ClosedForm } from "../types.js";
import { isotropicOnly, labelShares } from "./label-shares.js";

/**
 * Risk of the posterior mean (ridge at its best penalty) on noisy query labels where d and n grow together, x = d / n and
 * s the noise variance, both as shares of the signal:
 *
 *   R = signal [ s + (x - 1) / x + sqrt(4 s + (s + (1 - x) / x)^2) ] / 2
 *
 * It is signal [ s + s x E 1 / (l + s x) ] with l drawn from the Marchenko-Pastur law, the spectrum of X^T X / n. No pairs
 * have the risk signal (1 + s).
 * Source: Dobriban, Wager 2018, Theorem 2.1, in the units of He, Pan, Chen, Yang 2025.
 */
export const ridgeLimit: ClosedForm<LinearRegression> = {
  name: "proportional limit of the Bayes risk",
  source: { paper: "Dobriban, Wager 2018", where: "Theorem 2.1" },
  kind: "asymptotic",
  applies: isotropicOnly,
  value(population, { context }) {
    const { signal, noise, ratio } = labelShares(population, context);
    // (1 - x) / x as n / d - 1: finite for no pairs.
    const surplus = 1 / ratio - 1;
    return (signal * (noise - surplus + Math.sqrt(4 * noise + (noise + surplus) ** 2))) / 2;
  },
};
