/** Standard normals from random words. */
import { add, less, logPositive, mul, neg, select, sqrt, sub } from "./arithmetic.js";
import type { F32, Node, U32 } from "./node.js";
import { cosTurn, logUniform, shiftRight, sinTurn, toReal } from "./words.js";

/**
 * Two independent normals from two words: sqrt(-2 ln u) (cos, sin)(2 pi v), with u = (k + 1/2) / 2^32 open on both
 * sides and v = l / 2^32. |z| reaches sqrt(2 ln 2^33) = 6.76 and every pair of words gives finite numbers.
 *
 * Source: Box & Muller, "A note on the generation of random normal deviates" (1958), Equation 1.
 */
export function boxMuller(radius: U32, angle: U32): readonly [Node<"f32">, Node<"f32">] {
  const r = sqrt(mul(-2, logUniform(radius)));
  return [mul(r, cosTurn(angle)), mul(r, sinTurn(angle))];
}

/** Giles's polynomials for erfinv in single precision: central (w < 5) and tail, highest power first. */
const central = [
  2.81022636e-8, 3.43273939e-7, -3.5233877e-6, -4.39150654e-6, 0.00021858087, -0.00125372503, -0.00417768164,
  0.246640727, 1.50140941,
];
const tail = [
  -0.000200214257, 0.000100950558, 0.00134934322, -0.00367342844, 0.00573950773, -0.0076224613, 0.00943887047,
  1.00167406, 2.83297682,
];

/**
 * One normal from one word as XLA makes it: sqrt 2 erfinv(u), u = 2 f - 1 from the word's upper 23 bits f, at least
 * -1 + 2^-24. |z| reaches 5.42 (below) and 5.17 (above): the tails of 23 bits.
 *
 * Source: Giles, "Approximating the erfinv function" (2011), Table 5; jax.random.normal in JAX.
 */
export function erfinvNormal(word: U32): Node<"f32"> {
  const lowest = -1 + 2 ** -24;
  const u = add(mul(toReal(shiftRight(word, 9)), 2 ** -22), lowest);
  const w = neg(logPositive(mul(sub(1, u), add(1, u))));
  const near = less(w, 5);
  const z = select(near, sub(w, 2.5), sub(sqrt(w), 3));
  const polynomial = central.reduce<F32 | null>((sum, coefficient, power) => {
    const next = select(near, coefficient, tail[power] as number);
    return sum === null ? next : add(mul(sum, z), next);
  }, null);
  return mul(polynomial as F32, mul(u, Math.SQRT2));
}
