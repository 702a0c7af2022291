import { Draws } from "../src/math/draws.js";
import { keyOf } from "../src/math/keys.js";
import { Moments } from "../src/math/moments.js";
import { nd } from "../src/math/nd.js";
import type { Nd, Prompts, Rows } from "../src/types.js";

/** A regression to sample: x = B z, w = T g, y = w . x + noise e, written here a second time, apart from src/laws. */
export interface Regression {
  /** The symmetric root B of the inputs' covariance. */
  readonly root: Rows;
  /** Any T with T T^T the tasks' covariance. */
  readonly taskRoot: Rows;
  readonly noise: number;
  /** One coordinate of z; standard normal where left out. */
  readonly coordinate?: (draws: Draws) => number;
}

/** Sampled contexts with the task that each was made of. */
export interface Problems {
  /** Context inputs: problem, pair, feature. */
  readonly x: readonly Rows[];
  /** Labels: problem, pair. */
  readonly y: Rows;
  /** Tasks: problem, feature. */
  readonly w: Rows;
}

const times = (matrix: Rows, v: readonly number[]) => matrix.map((row) => inner(row, v));

export function inner(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let total = 0;
  for (let i = 0; i < a.length; i++) total += a[i]! * b[i]!;
  return total;
}

/** `count` problems; problem b has `length(b)` pairs. */
export function sample(law: Regression, length: (b: number) => number, count: number, seed: number): Problems {
  const { root, taskRoot, noise, coordinate = (draws) => draws.normal() } = law;
  const draws = new Draws(keyOf(seed));
  const d = root.length;
  const vector = (draw: (draws: Draws) => number) => Array.from({ length: d }, () => draw(draws));
  const w = Array.from({ length: count }, () =>
    times(
      taskRoot,
      vector((source) => source.normal()),
    ),
  );
  const x = w.map((_, b) => Array.from({ length: length(b) }, () => times(root, vector(coordinate))));
  const y = x.map((rows, b) => rows.map((row) => inner(row, w[b]!) + noise * draws.normal()));
  return { x, y, w };
}

/** One prompt a problem and unit vector e_i as its query: a predictor that is linear in the query shows its weights. */
export function unitQueries({ x, y }: Problems, d: number): Prompts {
  const [batch, most] = [x.length * d, Math.max(...y.map((labels) => labels.length))];
  const prompts = {
    x: nd(["batch", "context", "feature"], [batch, most, d]),
    y: nd(["batch", "context", "output"], [batch, most, 1]),
    query: nd(["batch", "feature"], [batch, d]),
    answer: nd(["batch", "output"], [batch, 1]),
    length: nd(["batch"], [batch]),
  };
  for (let at = 0; at < batch; at++) {
    const b = Math.floor(at / d);
    prompts.x.data.set(x[b]!.flat(), at * most * d);
    prompts.y.data.set(y[b]!, at * most);
    prompts.query.data[at * d + (at % d)] = 1;
    prompts.length.data[at] = y[b]!.length;
  }
  return prompts;
}

/** The weights w_hat of each problem that a predictor answers x_q . w_hat with. */
export function shownWeights(problems: Problems, predict: (prompts: Prompts) => Nd<["batch"]>): number[][] {
  const d = problems.w[0]!.length;
  const { data } = predict(unitQueries(problems, d));
  return problems.w.map((_, b) => Array.from(data.subarray(b * d, (b + 1) * d)));
}

/**
 * Means over problems of the excess risks of several lists of weights, (w_hat - w)^T Lq (w_hat - w): the query and its
 * noise are integrated, and the lists are paired.
 */
export function excessRisks(problems: Problems, estimates: readonly (readonly number[][])[], query: Rows): Moments {
  const moments = new Moments(estimates.length);
  for (const [b, w] of problems.w.entries())
    moments.add(
      estimates.map((estimate) => {
        const gap = estimate[b]!.map((entry, i) => entry - w[i]!);
        return inner(gap, times(query, gap));
      }),
    );
  return moments;
}

/** Weights after k steps of size g, by residuals pair after pair: w <- w - (g / n) sum_j (w . x_j - y_j) x_j. */
export function descended({ x, y, w }: Problems, steps: number, g: number): number[][] {
  return w.map((task, b) => {
    const n = y[b]!.length;
    let found = task.map(() => 0);
    for (let step = 0; step < steps; step++) {
      const slope = task.map(() => 0);
      for (const [j, row] of x[b]!.entries()) {
        const residual = inner(row, found) - y[b]![j]!;
        for (let i = 0; i < slope.length; i++) slope[i]! += (residual * row[i]!) / n;
      }
      found = found.map((entry, i) => entry - g * slope[i]!);
    }
    return found;
  });
}
