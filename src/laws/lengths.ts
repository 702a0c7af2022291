import type { Stream } from "../kernels/random.js";
import { addWord, toReal } from "../kernels/words.js";
import type { Lengths, PromptNodes } from "../types.js";

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

/**
 * The number of pairs of one prompt: the number itself, or uniform over the range with both ends in it. The draw takes
 * its place in the stream in either case, so that a range of lengths moves no other number.
 */
export function drawPairs(context: Lengths, stream: Stream): Pick<PromptNodes, "pairs" | "length"> {
  const most = longest(context);
  const least = typeof context === "number" ? context : context.uniform[0];
  const more = stream.integer(most - least + 1);
  if (typeof context === "number") return { pairs: context, length: context };
  const length = addWord(least, more);
  return { pairs: { length, most }, length: toReal(length) };
}
