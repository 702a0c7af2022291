import type { Shift } from "../types.js";

/** What a shifted law multiplies its inputs, its query (besides) and its task by. */
export interface Scales {
  readonly input: number;
  readonly query: number;
  readonly task: number;
}

export const unscaled: Scales = { input: 1, query: 1, task: 1 };

/**
 * The scales of a law that is shifted once more.
 *
 * @throws RangeError unless factors are finite and 0 or more.
 */
export function shiftedScales(scales: Scales, { inputScale = 1, queryScale = 1, taskScale = 1 }: Shift): Scales {
  for (const factor of [inputScale, queryScale, taskScale])
    if (!(factor >= 0 && factor < Number.POSITIVE_INFINITY))
      throw new RangeError(`a shift multiplies by a finite factor of 0 or more, not ${factor}`);
  return {
    input: scales.input * inputScale,
    query: scales.query * queryScale,
    task: scales.task * taskScale,
  };
}
