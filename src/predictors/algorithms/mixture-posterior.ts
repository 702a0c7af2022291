import { cholesky, choleskySolve } from "../../math/cholesky.js";
import { linearMap } from "../../math/linear-map.js";
import type { Rows, Tuned } from "../../types.js";
import { algorithm } from "../algorithm.js";
import { dot, eachPrompt } from "../each-prompt.js";

/** What the posterior knows of one component. */
export interface Component {
  /** log of its probability. */
  readonly logShare: number;
  readonly taskCovariance: Rows;
  /** Standard deviation of the label noise, above 0. */
  readonly noise: number;
  /** Inverse covariances of context and query inputs with the logarithms of their determinants; null where all agree. */
  readonly inputs: { readonly context: Density; readonly query: Density } | null;
}

export interface Density {
  readonly precision: Rows;
  /** log det of the covariance. */
  readonly logDeterminant: number;
}

/**
 * sum_k p_k x_q . w_k: w_k is the posterior mean of component k, w_k = W X^T K^-1 y with K = X W X^T + s2 I, and p_k in
 * proportion to share_k N(y; 0, K_k) and, where inputs differ, to the densities of context and query inputs.
 */
export function restore({ components }: { readonly components: readonly Component[] }): Tuned["predict"] {
  const maps = components.map(({ taskCovariance, inputs }) => ({
    task: linearMap(taskCovariance),
    context: inputs && linearMap(inputs.context.precision),
    query: inputs && linearMap(inputs.query.precision),
  }));
  return eachPrompt(({ d, most }) => {
    const K = new Float64Array(most * most);
    const Wx = new Float64Array(most * d);
    const [alpha, input, image] = [new Float64Array(most), new Float64Array(d), new Float64Array(d)];
    const logs = new Float64Array(components.length);
    const answers = new Float64Array(components.length);
    return ({ x, y, query, n }) => {
      for (const [k, { logShare, noise, inputs }] of components.entries()) {
        const { task, context, query: ofQuery } = maps[k]!;
        let log = logShare;
        for (let j = 0; j < n; j++) {
          for (let i = 0; i < d; i++) input[i] = x[j * d + i]!;
          task(input, Wx, j * d);
          if (!inputs) continue;
          context!(input, image, 0);
          log -= (dot(input, image) + inputs.context.logDeterminant) / 2;
        }
        input.set(query);
        if (inputs) {
          ofQuery!(input, image, 0);
          log -= (dot(input, image) + inputs.query.logDeterminant) / 2;
        }
        for (let j = 0; j < n; j++)
          for (let l = 0; l <= j; l++) {
            let entry = j === l ? noise * noise : 0;
            for (let i = 0; i < d; i++) entry += Wx[j * d + i]! * x[l * d + i]!;
            K[j * n + l] = entry;
          }
        const logDeterminant = cholesky(K, n);
        for (let j = 0; j < n; j++) alpha[j] = y[j]!;
        choleskySolve(K, n, alpha);
        let fit = 0;
        for (let j = 0; j < n; j++) fit += alpha[j]! * y[j]!;
        logs[k] = log - (logDeterminant + fit) / 2;
        let answer = 0;
        for (let j = 0; j < n; j++) answer += alpha[j]! * dot(Wx.subarray(j * d, (j + 1) * d), input);
        answers[k] = answer;
      }
      const greatest = logs.reduce((a, b) => Math.max(a, b));
      const weights = logs.map((log) => Math.exp(log - greatest));
      return dot(weights, answers) / weights.reduce((a, b) => a + b);
    };
  });
}

export const mixturePosterior = algorithm(import.meta.url, restore);
