import type { Lengths } from "../types.js";

/**
 * P(n > 0) and E[1/n; n > 0] of a length or a uniform distribution of lengths: all that a mean over pairs, squared,
 * knows of its number of pairs. Lengths below 0 count as 0.
 *
 * @throws RangeError unless lengths are integers and a range ascends.
 */
export function lengthMoments(context: Lengths): { readonly nonEmpty: number; readonly inverseLength: number } {
  const [low, high] = typeof context === "number" ? [context, context] : context.uniform;
  if (!(Number.isSafeInteger(low) && Number.isSafeInteger(high) && low <= high))
    throw new RangeError(`a length is an integer, or a range of them that ascends, not ${JSON.stringify(context)}`);
  let [nonEmpty, inverseLength] = [0, 0];
  for (let n = Math.max(1, low); n <= high; n++) {
    nonEmpty += 1 / (high - low + 1);
    inverseLength += 1 / n / (high - low + 1);
  }
  return { nonEmpty, inverseLength };
}
