import type { LinearRegression } from "../laws/gaussian-linear.js";
import { type Accuracy, solveOde } from "../math/ode.js";
import type { ClosedForm } from "../types.js";
import { type AtHeads, softmaxLoss } from "./softmax-loss.js";

/** Where the heads start, and when they are looked at: times ascend from 0. */
export interface AtHeadFlow extends AtHeads {
  readonly times: readonly number[];
  readonly accuracy?: Accuracy;
}

export interface HeadState {
  readonly omega: readonly number[];
  readonly mu: readonly number[];
  /** The approximate risk itself, not its half. */
  readonly loss: number;
}

/**
 * Gradient flow of softmax heads on *half* of the approximate risk `softmaxLoss`, one state a time: the signs of omega and
 * mu agree first, then |omega| becomes equal over heads and sum mu goes to 0, and then both drift along `slowManifold`.
 * Source: He, Pan, Chen, Yang 2025, Section 4.
 */
export const softmaxFlow: ClosedForm<LinearRegression, AtHeadFlow, readonly HeadState[]> = {
  name: "gradient flow of softmax heads",
  source: { paper: "He, Pan, Chen, Yang 2025", where: "Section 4" },
  kind: "approximation",
  applies: softmaxLoss.applies,
  value(population, { context, omega, mu, times, accuracy }) {
    const heads = omega.length;
    const at = (state: Float64Array): AtHeads => ({
      context,
      omega: Array.from(state.subarray(0, heads)),
      mu: Array.from(state.subarray(heads)),
    });
    const slope = (_: number, state: Float64Array, out: Float64Array) => {
      const slopes = softmaxLoss.value(population, at(state));
      for (let h = 0; h < heads; h++) {
        out[h] = -slopes.omega[h]! / 2;
        out[heads + h] = -slopes.mu[h]! / 2;
      }
    };
    const [, ...states] = solveOde(slope, [...omega, ...mu], [0, ...times], accuracy);
    return states.map((state) => {
      const { omega, mu } = at(state);
      return { omega, mu, loss: softmaxLoss.value(population, at(state)).loss };
    });
  },
};
