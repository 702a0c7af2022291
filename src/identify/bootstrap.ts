import { Draws } from "../math/draws.js";
import { foldIn } from "../math/keys.js";
import type { Key } from "../types.js";

/** Squared gaps of each candidate to the model on one ground, prompt by prompt, beside the model's predictions. */
export interface GroundErrors {
  readonly predictions: ArrayLike<number>;
  readonly errors: readonly ArrayLike<number>[];
}

/** Resamples: standard errors to about 4 %. */
const RESAMPLES = 300;

/**
 * Distances of every candidate, mean over the grounds of E (candidate - model)^2 / Var(model): on the prompts as they
 * are, and on resamples of each ground's prompts with replacement, the same for all candidates, so that differences
 * are paired. Source: Efron 1979 (the nonparametric bootstrap).
 */
export function distances(
  grounds: readonly GroundErrors[],
  key: Key,
): {
  readonly found: Float64Array;
  readonly byGround: readonly Float64Array[];
  readonly resampled: readonly Float64Array[];
} {
  const byGround = grounds.map((ground) => shares(ground, null));
  const resampled = Array.from({ length: RESAMPLES }, (_, r) => {
    const drawn = grounds.map((ground, g) => {
      const { length } = ground.predictions;
      const draws = new Draws(foldIn(key, g), r);
      const times = new Uint16Array(length);
      for (let i = 0; i < length; i++) times[draws.integer(length)]!++;
      return shares(ground, times);
    });
    return meanOf(drawn);
  });
  return { found: meanOf(byGround), byGround, resampled };
}

/** E (candidate - model)^2 / Var(model) of each candidate, prompts counted `times` times. */
function shares({ predictions, errors }: GroundErrors, times: Uint16Array | null): Float64Array {
  const { length } = predictions;
  let [sum, squares] = [0, 0];
  for (let p = 0; p < length; p++) {
    const count = times ? times[p]! : 1;
    sum += count * predictions[p]!;
    squares += count * predictions[p]! ** 2;
  }
  const variance = squares - sum ** 2 / length;
  return Float64Array.from(errors, (own) => {
    let total = 0;
    for (let p = 0; p < length; p++) total += (times ? times[p]! : 1) * own[p]!;
    return total / variance;
  });
}

const meanOf = (lists: readonly Float64Array[]): Float64Array =>
  lists[0]!.map((_, i) => lists.reduce((sum, list) => sum + list[i]!, 0) / lists.length);

/** Standard deviation over resamples: the standard error of what was resampled. */
export function spread(values: readonly number[]): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1));
}
