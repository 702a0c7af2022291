import type { Autoregression } from "../src/laws/autoregressive.js";
import { autocovariances, toeplitz } from "../src/math/autocovariance.js";
import { foldIn, keyOf } from "../src/math/keys.js";
import { Moments } from "../src/math/moments.js";
import type { Law, Predictor, Prompts, Unit } from "../src/types.js";

export const key = keyOf(1994);
export const site = { features: 2, context: 8 };
export const partial = (order: number, within: number) => ({ kind: "partial", order, within }) as const;
export const rejection = (order: number, within: number, root: number) =>
  ({ kind: "rejection", order, within, root }) as const;

/** Log density of values of the stationary series, by the Cholesky root of their covariance: nothing is shared with it. */
export function logDensity(values: readonly number[], reflections: readonly number[], noise: number): number {
  const n = values.length;
  const covariance = toeplitz(autocovariances(reflections, noise ** 2, n), n);
  const root = Array.from({ length: n }, () => new Float64Array(n));
  const white: number[] = [];
  let log = 0;
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      let rest = covariance[i]![j]!;
      for (let k = 0; k < j; k++) rest -= root[i]![k]! * root[j]![k]!;
      root[i]![j] = i === j ? Math.sqrt(rest) : rest / root[j]![j]!;
    }
    white[i] = (values[i]! - white.reduce((sum, z, k) => sum + root[i]![k]! * z, 0)) / root[i]![i]!;
    log -= Math.log(root[i]![i]!) + white[i]! ** 2 / 2;
  }
  return log;
}

/** The values of prompt b of a series: those of its first window, and all that follow. */
export function valuesOf(prompts: Prompts, b: number, window: number): number[] {
  const [, most, features] = prompts.x.shape;
  const first = most > 0 ? prompts.x.data.subarray(b * most * features) : prompts.query.data.subarray(b * features);
  return [...first.subarray(0, window), ...prompts.y.data.subarray(b * most, (b + 1) * most)];
}

// biome-ignore lint/suspicious/noExplicitAny: options are checked by each unit's own schema.
export type AnyUnit = Unit<any, Predictor<any>>;

/** Squared errors of predictors on the same prompts of a law. */
export function risks(law: Law<Autoregression>, context: number, count: number, ...units: readonly AnyUnit[]) {
  const prompts = law.draw(foldIn(key, "risk"), { from: 0, count }, context);
  const predictors = units.map((unit) => unit.make(unit.options.parse({}), site));
  const predictions = predictors.map((each) => each.tune(law.population, context).predict(prompts).data);
  const moments = new Moments(units.length);
  for (let b = 0; b < count; b++) moments.add(predictions.map((each) => (each[b]! - prompts.answer.data[b]!) ** 2));
  return moments;
}
