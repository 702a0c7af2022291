import { mul } from "../kernels/arithmetic.js";
import type { Block } from "../kernels/inputs.js";
import { sum, type Vector, vector } from "../kernels/vector.js";
import { addWord, mulWord } from "../kernels/words.js";
import { isDiagonal } from "../math/matrix.js";
import type { Rows } from "../types.js";

/** A square matrix as settings of a program: its kind belongs to the text, its numbers do not. */
export interface SettingsMatrix {
  readonly kind: "identity" | "diagonal" | "full";
  /** What the settings hold: nothing, the diagonal, or row after row. */
  readonly numbers: readonly number[];
  /** A v, with the entries of A in `block`: d^2, d or no multiplications. */
  times(block: Block, v: Vector): Vector;
}

/** The cheapest kind that holds the matrix exactly. */
export function settingsMatrix(matrix: Rows): SettingsMatrix {
  if (!isDiagonal(matrix)) return { kind: "full", numbers: matrix.flat(), times };
  const numbers = matrix.map((row, i) => row[i]!);
  if (numbers.every((entry) => entry === 1)) return { kind: "identity", numbers: [], times: (_, v) => v };
  return { kind: "diagonal", numbers, times: (block, v) => vector(v.length, (i) => mul(block.at(i), v.at(i))) };
}

const times: SettingsMatrix["times"] = (block, v) =>
  vector(v.length, (i) => {
    const row = mulWord(i, v.length);
    return sum(v.length, (k) => mul(block.at(addWord(row, k)), v.at(k)));
  });
