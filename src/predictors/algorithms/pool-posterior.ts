import type { Prompts, Rows, Tuned } from "../../types.js";
import { algorithm } from "../algorithm.js";
import { dot, eachPrompt, type Problem } from "../each-prompt.js";

interface Constants {
  /** T x d. */
  readonly pool: Rows;
  /** Standard deviation of the label noise. */
  readonly noise: number;
}

/**
 * x_q . w_hat with w_hat = sum_t p_t w_t, p_t in proportion to exp(-||y - X w_t||^2 / (2 s2)); without noise all weight is
 * on the tasks that fit best, up to the rounding of their residuals. Without pairs every task weighs the same.
 */
export function restore({ pool, noise }: Constants): Tuned["predict"] {
  const tasks = pool.map((task) => Float64Array.from(task));
  const weights = new Float64Array(pool.length);
  const mean = Float64Array.from(tasks[0]!, (_, i) => tasks.reduce((total, w) => total + w[i]!, 0) / tasks.length);
  const shown = eachPrompt(() => (problem) => {
    const scale = residuals(problem, tasks, weights);
    const least = weights.reduce((a, b) => Math.min(a, b));
    const tie = least + 64 * problem.n * Number.EPSILON * scale;
    let [total, prediction] = [0, 0];
    for (const [t, w] of tasks.entries()) {
      const gap = weights[t]! - least;
      const weight = noise > 0 ? Math.exp(-gap / (2 * noise * noise)) : Number(weights[t]! <= tie);
      if (weight === 0) continue;
      total += weight;
      prediction += weight * dot(w, problem.query);
    }
    return prediction / total;
  });
  return (prompts: Prompts) => {
    const predictions = shown(prompts);
    const [batch, most, d] = prompts.x.shape;
    for (let b = 0; b < batch; b++)
      if ((prompts.length?.data[b] ?? most) === 0)
        predictions.data[b] = dot(mean, prompts.query.data.subarray(b * d, (b + 1) * d));
    return predictions;
  };
}

/** Writes ||y - X w_t||^2 of every task; returns the largest square of a term in them. */
function residuals({ x, y, n, d }: Problem, tasks: readonly Float64Array[], out: Float64Array): number {
  let scale = 0;
  for (const [t, w] of tasks.entries()) {
    let total = 0;
    for (let j = 0; j < n; j++) {
      let fitted = 0;
      for (let i = 0; i < d; i++) fitted += w[i]! * x[j * d + i]!;
      scale = Math.max(scale, fitted * fitted, y[j]! * y[j]!);
      total += (y[j]! - fitted) ** 2;
    }
    out[t] = total;
  }
  return scale;
}

export const poolPosterior = algorithm(import.meta.url, restore);
