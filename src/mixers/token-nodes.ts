import { add, mul, select } from "../kernels/arithmetic.js";
import { array } from "../kernels/array.js";
import { graph } from "../kernels/graph.js";
import type { F32, Node, U32 } from "../kernels/node.js";
import { dot, matrix, Rolled, type Vector, vector } from "../kernels/vector.js";
import { addWord, lessWord, mulWord, selectWord } from "../kernels/words.js";

/** A token (x, y) of size D = d + 1 in the kernel language, or anything that has a product with one. */
export interface TokenNodes {
  readonly x: Vector;
  readonly y: F32;
}

/** The product of two tokens, or of a token and a row: a_x . b_x + a_y b_y. */
export const against = (a: TokenNodes, b: TokenNodes): Node<"f32"> => add(dot(a.x, b.x), mul(a.y, b.y));

/** A token as one vector of its D entries. */
export function entries({ x, y }: TokenNodes): Vector {
  const d = x.length;
  return vector(d + 1, (a) => {
    if (typeof a === "number") return a < d ? x.at(a) : y;
    const inside = lessWord(a, d);
    return select(inside, x.at(selectWord(inside, a, 0)), y);
  });
}

/**
 * A D x D matrix whose rows are a loop and whose entries unroll within a row while D is short: D times less code than
 * an unrolled one, which a product of two such matrices would fill with D^3 operations. Entry (a, b) is at a D + b.
 */
export function tokenMatrix(D: number, row: (a: U32) => (b: U32) => F32): Vector {
  if (D > graph().options.unroll) return matrix(D, D, row);
  const columns = Array.from({ length: D }, (_, b) => b);
  return new Rolled(array(D, (a) => columns.map(row(a))));
}

/** Entry (a, b) of a D x D matrix. */
export const entryOf = (rows: Vector, D: number, a: U32, b: U32): Node<"f32"> => rows.at(addWord(mulWord(a, D), b));
