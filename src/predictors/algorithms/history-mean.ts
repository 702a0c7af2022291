import type { Tuned } from "../../types.js";
import { algorithm } from "../algorithm.js";
import { eachPrompt } from "../each-prompt.js";
import { seriesValues } from "../series-values.js";

interface Constants {
  /** Values of a window. */
  readonly window: number;
}

/** The mean of all values that the prompt shows. */
export function restore({ window }: Constants): Tuned["predict"] {
  return eachPrompt(({ most }) => {
    const values = new Float64Array(window + most);
    return (problem) => {
      const count = seriesValues(problem, window, values);
      let sum = 0;
      for (let t = 0; t < count; t++) sum += values[t]!;
      return sum / count;
    };
  });
}

export const historyMean = algorithm(import.meta.url, restore);
