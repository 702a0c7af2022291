import type { LinearRegression } from "../laws/gaussian-linear.js";
import { product, scaled, trace, traceOfProduct, transpose } from "../math/matrix.js";
import { type Accuracy, solveOde } from "../math/ode.js";
import { isSemidefinite } from "../math/symmetric.js";
import type { ClosedForm, Rows } from "../types.js";
import { flowApplies } from "./flow-applies.js";
import { labelMoments } from "./label-moments.js";

/** Weights of the reduced layer y = u x_q^T U^T m: KQ = [[U, 0], [0, 0]] (key rows), OV = (0, u). */
export interface FlowState {
  readonly U: Rows;
  readonly u: number;
  /** Population loss, 1/2 E (y - w . x_q)^2 in label units squared: the noise of the query's label is left out. */
  readonly loss: number;
}

/** Where the flow starts, U = sigma direction and u = sigma, and when it is looked at: times ascend from 0. */
export interface AtFlow {
  readonly context: number;
  readonly sigma: number;
  /** Theta Theta^T, d x d, of Frobenius norm 1. */
  readonly direction: Rows;
  readonly times: readonly number[];
  readonly accuracy?: Accuracy;
}

/**
 * Gradient flow of one linear-attention layer on the population loss, one state a time:
 *
 *   dU/dt = -u^2 Gamma L U L + u L^2,   du/dt = -tr(u Gamma L U L U^T - L^2 U^T)
 *
 * with Gamma L = E[m m^T], Gamma = (1 + 1/n) L + ((tr L + s2) / n) I. The other weights stay zero, and u^2 = ||U||_F^2 for
 * ever. An eigenvalue l of L is learned in a time of about 1 / l^2: the steps of the integrator adapt.
 */
export const gradientFlow: ClosedForm<LinearRegression, AtFlow, readonly FlowState[]> = {
  name: "gradient flow of linear attention",
  source: { paper: "Zhang, Frei, Bartlett 2024", where: "Lemma 5.2" },
  kind: "exact",
  applies(population, { context, direction }) {
    const flow = flowApplies(population, context);
    if (flow !== true) return flow;
    const valid = direction.length === population.features ? isSemidefinite(direction) : "not d x d";
    if (valid !== true) return `the start's direction is Theta Theta^T, d x d and semidefinite; this one is ${valid}`;
    const norm = Math.sqrt(traceOfProduct(direction, transpose(direction)));
    const normalized = Math.abs(norm - 1) <= 16 * direction.length * Number.EPSILON;
    return normalized || `the start's direction has Frobenius norm 1 (Assumption 3.3), not ${norm}`;
  },
  value(population, { context, sigma, direction, times, accuracy }) {
    const d = population.features;
    const L = population.covariance;
    const square = product(L, L);
    const { second } = labelMoments(population, context);
    const layer = (state: Float64Array) => ({
      U: Array.from({ length: d }, (_, i) => Array.from(state.subarray(i * d, (i + 1) * d))),
      u: state[d * d]!,
    });
    const slope = (_: number, state: Float64Array, out: Float64Array) => {
      const { U, u } = layer(state);
      const pulled = product(second, U, L);
      for (let i = 0; i < d; i++)
        for (let j = 0; j < d; j++) out[i * d + j] = u * square[i]![j]! - u ** 2 * pulled[i]![j]!;
      out[d * d] = traceOfProduct(square, transpose(U)) - u * traceOfProduct(pulled, transpose(U));
    };
    const start = Float64Array.from([...scaled(direction, sigma).flat(), sigma]);
    const [, ...states] = solveOde(slope, start, [0, ...times], accuracy);
    return states.map((state) => {
      const { U, u } = layer(state);
      const spread = traceOfProduct(second, U, L, transpose(U));
      const gain = traceOfProduct(square, transpose(U));
      return { U, u, loss: (u ** 2 * spread) / 2 - u * gain + trace(L) / 2 };
    });
  },
};
