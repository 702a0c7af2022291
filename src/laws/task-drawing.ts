import { type Float64Text, float64Kernel } from "../kernels/float64-kernel.js";
import { nd } from "../math/nd.js";
import type { Key, Nd, Recipe, Slice } from "../types.js";

/** The tasks of a law's prompts at one context as plain data: a text for float64 with the numbers that it reads. */
export interface TaskDrawing {
  /** Numbers of a prompt: the task (d). */
  readonly text: Float64Text;
  readonly settings: Float64Array;
  readonly tables: Readonly<Record<string, Float64Array>>;
}

/** The tasks of the prompts [from, from + count) of the stream `key`: (batch, feature). */
export function restore({ text, settings, tables }: TaskDrawing): (key: Key, slice: Slice) => Nd<["batch", "feature"]> {
  const kernel = float64Kernel(text);
  return (key, { from, count }) => {
    // As int32, which prompts' numbers are in the kernel.
    const start = from | 0;
    const tasks = kernel.each({ parameters: [], settings, tables, key }, start, start + count);
    return nd(["batch", "feature"], [count, kernel.width], tasks);
  };
}

/** The recipe of a drawing. */
export const taskRecipe = (constants: TaskDrawing): Recipe => ({ module: import.meta.url, constants });
