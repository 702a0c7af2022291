import type { LinearRegression } from "../laws/gaussian-linear.js";
import type { ClosedForm } from "../types.js";
import { isotropicOnly, labelShares } from "./label-shares.js";

/** Heads that score pairs by omega_h x_j . x_q and add mu_h y_j, and the context. */
export interface AtHeads {
  readonly context: number;
  readonly omega: readonly number[];
  readonly mu: readonly number[];
}

/** The loss with its slopes. */
export interface HeadLoss {
  readonly loss: number;
  readonly omega: readonly number[];
  readonly mu: readonly number[];
}

/**
 * He et al.'s approximate risk of H softmax heads of this pattern, y = sum_h mu_h sum_j y_j softmax(omega_h x_j . x_q), on
 * noisy query labels, with its slopes. For x ~ N(0, v I), w ~ N(0, u I), a = omega v, s the noise over the signal d v u:
 *
 *   loss = signal [ 1 + s - 2 mu . a + mu^T ( a a^T + ((1 + s) / n) exp(d a a^T) ) mu ],   exp entry by entry.
 *
 * It replaces the softmax's denominator by its mean and |x_q|^2 by its own: good for small a and long prompts, an approximation
 * elsewhere (its minimum for one head is 8 % too low at d = 5, n = 40). One head: a = 1/sqrt(d), mu = sqrt(d) / (1 + e (1 + s) d / n), and the loss
 * of `singleHeadLimit`. Heads of both signs: no minimum, but the infimum of `gradientStepLimit` as a -> 0.
 * Source: He, Pan, Chen, Yang 2025, Section 4 (as `approx_loss` of their code has it).
 */
export const softmaxLoss: ClosedForm<LinearRegression, AtHeads, HeadLoss> = {
  name: "approximate risk of softmax heads",
  source: { paper: "He, Pan, Chen, Yang 2025", where: "Section 4" },
  kind: "approximation",
  applies(population, { omega, mu }) {
    const isotropic = isotropicOnly(population);
    if (isotropic !== true) return isotropic;
    return omega.length === mu.length || `each head has its omega and its mu: ${omega.length} are not ${mu.length}`;
  },
  value(population, { context, omega, mu }) {
    const { features: d, covariance } = population;
    const { signal, noise } = labelShares(population, context);
    const v = covariance[0]![0]!;
    const a = omega.map((entry) => v * entry);
    const spread = (1 + noise) / context;
    const reach = mu.reduce((total, entry, h) => total + entry * a[h]!, 0);
    const crowd = (h: number, weight: (k: number) => number) =>
      mu.reduce((total, entry, k) => total + entry * weight(k) * Math.exp(d * a[h]! * a[k]!), 0);
    const own = mu.map((_, h) => spread * crowd(h, () => 1));
    const turned = mu.map((_, h) => spread * d * crowd(h, (k) => a[k]!));
    const spent = mu.reduce((total, entry, h) => total + entry * own[h]!, 0);
    return {
      loss: signal * (1 + noise - 2 * reach + reach ** 2 + spent),
      omega: mu.map((entry, h) => 2 * signal * v * entry * (reach - 1 + turned[h]!)),
      mu: a.map((entry, h) => 2 * signal * (entry * (reach - 1) + own[h]!)),
    };
  },
};
