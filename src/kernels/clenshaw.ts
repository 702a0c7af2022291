import { add, mul, sub } from "./arithmetic.js";
import type { F32, Node } from "./node.js";

/**
 * c_0 + sum over k < count of c_k T_k(t), Chebyshev's polynomials, with `coefficient(k)` = c_k and count >= 1. Written
 * out, stable for |t| <= 1: b_k = c_k + 2 t b_(k+1) - b_(k+2), and the sum is c_0 + t b_1 - b_2.
 *
 * Source: Clenshaw, "A note on the summation of Chebyshev series" (1955), Equation 3.
 */
export function clenshaw(count: number, coefficient: (k: number) => F32, t: F32): Node<"f32"> {
  const twice = add(t, t);
  let [next, afterNext]: [F32, F32] = [0, 0];
  for (let k = count - 1; k >= 1; k--)
    [next, afterNext] = [add(coefficient(k), sub(mul(twice, next), afterNext)), next];
  return add(coefficient(0), sub(mul(t, next), afterNext));
}
