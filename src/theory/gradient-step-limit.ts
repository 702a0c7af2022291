import type { LinearRegression } from "../laws/gaussian-linear.js";
import type { ClosedForm } from "../types.js";
import { isotropicOnly, labelShares } from "./label-shares.js";

/**
 * Risk of the best gradient step on noisy query labels where d and n grow together, x = d / n and s the noise variance,
 * both as shares of the signal:
 *
 *   R = signal [ 1 + s - 1 / (1 + x (1 + s)) ]
 *
 * The same for the debiased step, which has one pair less, and for two or more softmax heads, whose approximate loss comes
 * down to it and never reaches it (`softmaxLoss`).
 * Source: He, Pan, Chen, Yang 2025, Section 4; the limit of Ahn et al. 2023, Theorem 1.
 */
export const gradientStepLimit: ClosedForm<LinearRegression> = {
  name: "proportional limit of a gradient step",
  source: { paper: "He, Pan, Chen, Yang 2025", where: "Section 4" },
  kind: "asymptotic",
  applies: isotropicOnly,
  value(population, { context }) {
    const { signal, noise, ratio } = labelShares(population, context);
    return signal * (1 + noise - 1 / (1 + ratio * (1 + noise)));
  },
};

/**
 * The same limit of the best *single* softmax head, which cannot cancel the constant term of its exponential:
 *
 *   R = signal [ 1 + s - 1 / (1 + e x (1 + s)) ],   e = 2.718...
 *
 * Source: He, Pan, Chen, Yang 2025, Section 4.
 */
export const singleHeadLimit: ClosedForm<LinearRegression> = {
  ...gradientStepLimit,
  name: "proportional limit of a single softmax head",
  value(population, { context }) {
    const { signal, noise, ratio } = labelShares(population, context);
    return signal * (1 + noise - 1 / (1 + Math.E * ratio * (1 + noise)));
  },
};
