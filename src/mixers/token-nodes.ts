import { add, mul } from "../kernels/arithmetic.js";
import type { F32, Node } from "../kernels/node.js";
import { dot, type Vector } from "../kernels/vector.js";

/** A token (x, y) of size D = d + 1 in the kernel language, or anything that has a product with one. */
export interface TokenNodes {
  readonly x: Vector;
  readonly y: F32;
}

/** The product of two tokens, or of a token and a row: a_x . b_x + a_y b_y. */
export const against = (a: TokenNodes, b: TokenNodes): Node<"f32"> => add(dot(a.x, b.x), mul(a.y, b.y));
