import type { Rows, Tuned } from "../../types.js";
import { algorithm } from "../algorithm.js";
import { dot, eachPrompt } from "../each-prompt.js";

interface Constants {
  /** The output row, d + 1 entries. */
  readonly b: readonly number[];
  /** Columns of the key-query product, (d + 1) x d. */
  readonly A: Rows;
}

/** One layer of linear attention, b^T ((1/m) sum_i h_i h_i^T) A z with h = (x, y). */
export function restore({ b, A }: Constants): Tuned["predict"] {
  const [output, label] = [b.slice(0, -1), b.at(-1)!];
  const [keys, last] = [A.slice(0, -1), A.at(-1)!];
  return eachPrompt(() => ({ x, y, query, n, d }) => {
    const asked = keys.map((row) => dot(row, query));
    const askedLabel = dot(last, query);
    let total = 0;
    for (let j = 0; j < n; j++) {
      const input = x.subarray(j * d, (j + 1) * d);
      const value = dot(output, input) + label * y[j]!;
      total += value * (dot(asked, input) + askedLabel * y[j]!);
    }
    return total / n;
  });
}

export const seriesLayer = algorithm(import.meta.url, restore);
