import type { Round } from "./reduction.js";

/** How a workgroup shares out a pass over prompts. */
export interface Lanes {
  /** Lanes of the workgroup. */
  readonly lanes: number;
  /** Prompts of a pass: a lane each, or one for several lanes. */
  readonly prompts: number;
}

/** Rows of a round lie one after another in workgroup memory; an odd stride keeps lanes that read different rows out of
 *  each other's way. */
export const strideOf = ({ prompts }: Lanes): number => prompts + 1;

/** The statements by which a lane writes its prompt's factors; a prompt beyond the batch counts for nothing. */
export function factorText({ rows }: Round, of: Lanes, column: string, ragged: boolean): string {
  return rows
    .map((row, r) => {
      const value = ragged ? `select(0.0, ${row}, inside)` : row;
      return `factors[${r * strideOf(of)}u + ${column}] = ${value};`;
    })
    .join("\n");
}

/** Adds to `sum` the products of two rows, whose places are `left` and `right`, over all prompts of a pass. */
export function productsText(sum: string, left: string, right: string, { prompts }: Lanes): string {
  return `{
  var a = 0.0; var b = 0.0; var c = 0.0; var d = 0.0;
  for (var l = 0u; l < ${prompts}u; l += 4u) {
    a += factors[${left} + l] * factors[${right} + l];
    b += factors[${left} + l + 1u] * factors[${right} + l + 1u];
    c += factors[${left} + l + 2u] * factors[${right} + l + 2u];
    d += factors[${left} + l + 3u] * factors[${right} + l + 3u];
  }
  ${sum} += (a + b) + (c + d);
}`;
}
