import { mul } from "../kernels/arithmetic.js";
import { clenshaw } from "../kernels/clenshaw.js";
import type { Table } from "../kernels/inputs.js";
import type { F32, Node, U32 } from "../kernels/node.js";
import { recent } from "../kernels/recent.js";
import { addWord, mulWord } from "../kernels/words.js";
import { chebyshev } from "../math/chebyshev.js";
import { chiOfNormal } from "../math/chi.js";

/** No generator's normal is larger: Box-Muller's radius is at most sqrt(2 ln 2^33) = 6.7637. */
const REACH = 6.77;

/** What the polynomials are off by, absolutely: a word's resolution. */
const TOLERANCE = 2 ** -32;

/** Chi variables of n, n - 1, n - 2, ... degrees from standard normals, in the kernel language. */
export interface ChiTable {
  /** Row j: the coefficients of chi of n - j degrees as a polynomial of a normal over REACH. */
  readonly numbers: Float64Array;
  /** Coefficients a row. */
  readonly width: number;
  /** Chi of n - j degrees of the normal z, with `table` holding the numbers. */
  of(table: Table, j: U32, z: F32): Node<"f32">;
}

const known = recent<ChiTable>(64);

/**
 * Chi by the inverse of its distribution function, F_n^-1(Phi(z)), which is smooth in z: a polynomial of Chebyshev's is
 * within 2^-32 of it for every normal that can be drawn, so that the drawn law is within 2^-32 of chi's in Kolmogorov's
 * distance (its density is below 1). There is no rejection: one normal gives one chi, and rounding moves it by rounding.
 *
 * @throws RangeError unless 1 <= count <= n.
 */
export function chiTable(n: number, count: number): ChiTable {
  if (!(count >= 1 && count <= n)) throw new RangeError(`chi of ${n} to ${n - count + 1} degrees does not exist`);
  return known(`${n}, ${count}`, () => made(n, count));
}

function made(n: number, count: number): ChiTable {
  const rows = Array.from({ length: count }, (_, j) => chebyshev((z) => chiOfNormal(z, n - j), REACH, TOLERANCE));
  const width = Math.max(...rows.map((row) => row.length));
  const numbers = Float64Array.from(rows.flatMap((row) => Array.from({ length: width }, (_, k) => row[k] ?? 0)));
  return {
    numbers,
    width,
    of: (table, j, z) => clenshaw(width, (k) => table.at(addWord(mulWord(j, width), k)), mul(z, 1 / REACH)),
  };
}
