import type { LinearRegression } from "../laws/gaussian-linear.js";
import { product, scaled, trace, traceOfProduct, transpose } from "../math/matrix.js";
import { solveOde } from "../math/ode.js";
import { spectralMap } from "../math/symmetric.js";
import type { Rows, Source } from "../types.js";
import { labelMoments } from "./label-moments.js";

/** Weights of the reduced layer y = u x_q^T U^T m at one time: KQ = [[U, 0], [0, 0]], OV = (0, u). */
export interface FlowState {
  readonly time: number;
  readonly U: Rows;
  readonly u: number;
  /** Population loss, 1/2 E (y - w . x_q)^2, with the noise of the query's label left out. */
  readonly loss: number;
}

export const gradientFlowSource: Source = { paper: "Zhang, Frei, Bartlett 2024", where: "Lemma 5.2" };

/** Whether the flow was derived for this population: true, or the sentence why not. */
export function flowApplies({ inputs, taskCovariance }: LinearRegression): true | string {
  if (inputs.kind !== "gaussian") return `the flow is derived for Gaussian inputs, not for ${inputs.kind} ones`;
  const isotropic = taskCovariance.every((row, i) => row.every((entry, j) => entry === (i === j ? 1 : 0)));
  return isotropic || "the flow is derived for tasks w ~ N(0, I)";
}

/**
 * Gradient flow of one linear-attention layer on the population loss, from U = sigma Theta Theta^T, u = sigma:
 *
 *   dU/dt = -u^2 Gamma L U L + u L^2,   du/dt = -tr(u Gamma L U L U^T - L^2 U^T)
 *
 * with Gamma L = E[m m^T] for W = I, so Gamma = (1 + 1/n) L + ((tr L + s2) / n) I. The other weights stay zero, and
 * u^2 = ||U||_F^2 for ever. Times ascend from 0.
 *
 * @throws RangeError where the flow was not derived for the population, or Theta Theta^T is not of Frobenius norm 1.
 */
export function gradientFlow(
  population: LinearRegression,
  context: number,
  start: { readonly sigma: number; readonly direction: Rows },
  times: readonly number[],
): FlowState[] {
  const applies = flowApplies(population);
  if (applies !== true) throw new RangeError(applies);
  const { sigma, direction } = start;
  const norm = Math.sqrt(traceOfProduct(direction, transpose(direction)));
  if (Math.abs(norm - 1) > 16 * direction.length * Number.EPSILON)
    throw new RangeError(`Theta Theta^T has Frobenius norm 1 (Assumption 3.3), not ${norm}`);
  const d = population.features;
  const L = population.covariance;
  const { second } = labelMoments(population, context);
  const square = product(L, L);
  const pack = (U: Rows, u: number) => Float64Array.from([...U.flat(), u]);
  const unpack = (state: Float64Array) => ({
    U: Array.from({ length: d }, (_, i) => Array.from(state.subarray(i * d, (i + 1) * d))),
    u: state[d * d]!,
  });
  const states = solveOde(
    (_, state, slope) => {
      const { U, u } = unpack(state);
      // Gamma L U L = E[m m^T] U L, as E[m m^T] = Gamma L and both commute.
      const pulled = product(second, U, L);
      for (let i = 0; i < d; i++)
        for (let j = 0; j < d; j++) slope[i * d + j] = -(u ** 2) * pulled[i]![j]! + u * square[i]![j]!;
      slope[d * d] = traceOfProduct(square, transpose(U)) - u * traceOfProduct(pulled, transpose(U));
    },
    pack(scaled(direction, sigma), sigma),
    [0, ...times.filter((time) => time > 0)],
  );
  const kept = times[0] === 0 ? states : states.slice(1);
  return kept.map((state, k) => {
    const { U, u } = unpack(state);
    const spread = traceOfProduct(second, U, L, transpose(U));
    const loss = 0.5 * u ** 2 * spread - u * traceOfProduct(square, transpose(U)) + 0.5 * trace(L);
    return { time: times[k]!, U, u, loss };
  });
}

/**
 * Where the flow ends: U* = tr(Gamma^-2)^(-1/4) Gamma^-1 and u* = tr(Gamma^-2)^(1/4), with u* U* = A*, if
 * sigma^2 ||Gamma||_op sqrt(d) < 2; `converges` says whether a start of that sigma is covered.
 * Source: Zhang, Frei, Bartlett 2024, Theorem 4.1.
 */
export function flowLimit(population: LinearRegression, context: number) {
  const d = population.features;
  const L = population.covariance;
  const constant = (trace(L) + population.noise ** 2) / context;
  const Gamma = L.map((row, i) => row.map((entry, j) => (1 + 1 / context) * entry + (i === j ? constant : 0)));
  const inverse = spectralMap(Gamma, (value) => 1 / value);
  const size = traceOfProduct(inverse, inverse) ** 0.25;
  let largest = 0;
  spectralMap(Gamma, (value) => {
    largest = Math.max(largest, value);
    return value;
  });
  return {
    U: scaled(inverse, 1 / size),
    u: size,
    loss: 0.5 * (trace(L) - traceOfProduct(L, L, inverse)),
    converges: (sigma: number) => sigma ** 2 * largest * Math.sqrt(d) < 2,
  };
}
