import { type Float64Text, float64Kernel } from "../kernels/float64-kernel.js";
import { nd } from "../math/nd.js";
import type { Key, Prompts, Recipe, Slice } from "../types.js";

/** A law at one context as plain data: its text for float64 with the numbers that the text reads. */
export interface Drawing {
  /** Numbers of a prompt: length, answer, query (d), inputs (n, d), labels (n). */
  readonly text: Float64Text;
  readonly features: number;
  readonly settings: Float64Array;
  readonly tables: Readonly<Record<string, Float64Array>>;
  /** Whether prompts say their lengths: where they differ, and where few pairs stand for many. */
  readonly lengths: boolean;
}

/** Numbers that one call of a kernel returns, so that they stay in the processor's cache until they are taken apart. */
const numbersAtOnce = 2 ** 16;

/** The prompts [from, from + count) of the stream `key`. @throws RangeError on indices beyond 2^32 - 1 */
export function restore({ text, features, settings, tables, lengths }: Drawing): (key: Key, slice: Slice) => Prompts {
  const kernel = float64Kernel(text);
  const most = (kernel.width - 2 - features) / (features + 1);
  const step = Math.max(1, Math.floor(numbersAtOnce / kernel.width));
  const memory = new Float64Array(step * kernel.width);
  return (key, { from, count }) => {
    if (!(Number.isInteger(from) && from >= 0 && from + count <= 2 ** 32))
      throw new RangeError(
        `the indices of prompts are integers from 0 to 2^32 - 1, not ${from} to ${from + count - 1}`,
      );
    const x = new Float64Array(count * most * features);
    const y = new Float64Array(count * most);
    const query = new Float64Array(count * features);
    const answer = new Float64Array(count);
    const length = new Float64Array(count);
    const given = { parameters: [], settings, tables, key };
    for (let first = 0; first < count; first += step) {
      const last = Math.min(first + step, count);
      // As int32, which prompts' numbers are in the kernel.
      const start = (from + first) | 0;
      const numbers = kernel.each(given, start, start + last - first, memory);
      for (let b = first, at = 0; b < last; b++, at += kernel.width) {
        length[b] = numbers[at]!;
        const pairs = Math.min(length[b]!, most);
        answer[b] = numbers[at + 1]!;
        let here = at + 2;
        for (let i = 0; i < features; i++) query[b * features + i] = numbers[here + i]!;
        here += features;
        for (let i = 0; i < pairs * features; i++) x[b * most * features + i] = numbers[here + i]!;
        here += most * features;
        for (let j = 0; j < pairs; j++) y[b * most + j] = numbers[here + j]!;
      }
    }
    return {
      x: nd(["batch", "context", "feature"], [count, most, features], x),
      y: nd(["batch", "context", "output"], [count, most, 1], y),
      query: nd(["batch", "feature"], [count, features], query),
      answer: nd(["batch", "output"], [count, 1], answer),
      ...(lengths && { length: nd(["batch"], [count], length) }),
    };
  };
}

/** The recipe of a drawing. */
export const drawingRecipe = (constants: Drawing): Recipe => ({ module: import.meta.url, constants });
