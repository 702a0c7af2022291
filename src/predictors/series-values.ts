import type { Problem } from "./each-prompt.js";

/**
 * Writes the values x_1 .. x_(m+p) of a prompt's series to `values`, oldest first: the first window and the labels after
 * it. Gives their number.
 */
export function seriesValues({ x, y }: Problem, window: number, values: Float64Array): number {
  values.set(x.subarray(0, window));
  values.set(y, window);
  return window + y.length;
}
