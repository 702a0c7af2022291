import { add, div, exp, less, mul, neg, select, sqrt, sub } from "./arithmetic.js";
import type { F32, Node, U32 } from "./node.js";
import { cosTurn, logUniform } from "./words.js";

/** 1/2!, 1/3!, .. 1/7!, highest first: e^y - 1 = y (1 + y (1/2 + ..)) without cancellation for small y. */
const powers = [1 / 5040, 1 / 720, 1 / 120, 1 / 24, 1 / 6, 1 / 2, 1];

function expm1(y: Node<"f32">): Node<"f32"> {
  const series = powers.reduce<F32>((sum, coefficient) => add(mul(sum, y), coefficient), 0);
  return select(less(y, 0.5), mul(series, y), sub(exp(y), 1));
}

/**
 * One Student t variable with `freedom` degrees of freedom: sqrt(nu (u^(-2/nu) - 1)) cos(2 pi v) from two words. The
 * sine would be a second t variable but not an independent one.
 *
 * Source: Bailey, "Polar generation of random variates with the t-distribution" (1994), Section 2.
 */
export function studentT(freedom: number, radius: U32, angle: U32): Node<"f32"> {
  if (!(freedom > 0)) throw new Error(`Student's t needs positive degrees of freedom; ${freedom} were given.`);
  const y = div(mul(2, neg(logUniform(radius))), freedom);
  return mul(sqrt(mul(freedom, expm1(y))), cosTurn(angle));
}
