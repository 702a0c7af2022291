import type { LinearRegression } from "../laws/gaussian-linear.js";
import { applied, identity, product, scaled, sum, trace, traceOfProduct } from "../math/matrix.js";
import { solve } from "../math/solve.js";
import type { ClosedForm, Rows } from "../types.js";
import { flowApplies } from "./flow-applies.js";

/** One task, tested at length `context` after training without noise at length `trained`. */
export interface AtTask {
  readonly context: number;
  readonly trained: number;
  /** The task vector w, d entries. */
  readonly task: readonly number[];
}

/**
 * Risk of the trained layer on *one* task, on noisy query labels, at test length M after training at length N:
 *
 *   E (y - y_q)^2 = s2 + (1/M) tr(Sigma Gamma^-2 L)
 *                 + (1/N^2) [ |w|^2 on Gamma^-2 L^3 + 2 tr(L) |w|^2 on Gamma^-2 L^2 + tr(L)^2 |w|^2 on Gamma^-2 L ]
 *
 * with |w|^2 on B = w^T B w, Gamma = (1 + 1/N) L + (tr L / N) I, and Sigma = Cov(x y) = (w^T L w + s2) L + L w w^T L for
 * labels y = w . x + noise. The mean over tasks is (R) at the optimal preconditioner: the two are written independently.
 */
export const testLengthError: ClosedForm<LinearRegression, AtTask> = {
  name: "error of one task at another length",
  source: { paper: "Zhang, Frei, Bartlett 2024", where: "Theorem 4.2" },
  kind: "exact",
  applies: (population, { context, trained }) => flowApplies(population, Math.min(context, trained)),
  value({ features, covariance: L, noise }, { context, trained, task }) {
    const t = trace(L);
    const Gamma = sum(scaled(L, 1 + 1 / trained), scaled(identity(features), t / trained));
    // Gamma is a polynomial of L, so that every product below commutes.
    const weight = solve(product(Gamma, Gamma), L);
    const size = (B: Rows) => task.reduce((total, entry, i) => total + entry * applied(B, task)[i]!, 0);
    const shown = applied(L, task);
    const outer = shown.map((left) => shown.map((right) => left * right));
    const Sigma = sum(scaled(L, size(L) + noise ** 2), outer);
    const bias = size(product(weight, L, L)) + 2 * t * size(product(weight, L)) + t ** 2 * size(weight);
    return noise ** 2 + traceOfProduct(Sigma, weight) / context + bias / trained ** 2;
  },
};
