import type { Draws } from "../math/draws.js";
import type { Lengths } from "../types.js";

/**
 * The longest context that may come: the extent of a batch's context axis.
 *
 * @throws RangeError unless lengths are integers from 0 and a range ascends.
 */
export function longest(context: Lengths): number {
  const [least, most] = typeof context === "number" ? [context, context] : context.uniform;
  if (!(Number.isSafeInteger(least) && Number.isSafeInteger(most) && 0 <= least && least <= most))
    throw new RangeError(
      `a context has an integer number of pairs from 0, or { uniform: [least, most] }, not ${JSON.stringify(context)}`,
    );
  return most;
}

/** The length of one prompt: the number itself, or uniform over the range with both ends in it. */
export function drawLength(context: Lengths, draws: Draws): number {
  if (typeof context === "number") return context;
  const [least, most] = context.uniform;
  return least + draws.integer(most - least + 1);
}
