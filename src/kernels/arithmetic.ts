/**
 * Real arithmetic of the language. Plain numbers are constants; two plain numbers fold while the program is traced.
 * Identities with 0 and 1 are applied as in exact arithmetic: 0 * x is 0 even where x would be infinite or NaN.
 * The meaning and special values of each operation stand in operations.ts.
 */
import { graph } from "./graph.js";
import type { Bool, F32, Node } from "./node.js";

type Real = Node<"f32">;

/** A number as a node. */
export const real = (x: F32): Real => (typeof x === "number" ? graph().constant(x, "f32") : x);

const is = (x: Real, value: number): boolean => x.op === "constant" && x.immediate === value;
const unary =
  (op: "sqrt" | "exp" | "log" | "logPositive" | "sin" | "cos" | "stop") =>
  (x: F32): Real =>
    graph().apply(op, [real(x)]);
const binary =
  (op: "max" | "min") =>
  (x: F32, y: F32): Real =>
    graph().apply(op, [real(x), real(y)]);

export function add(x: F32, y: F32): Real {
  const [a, b] = [real(x), real(y)];
  if (is(a, 0)) return b;
  if (is(b, 0)) return a;
  return graph().apply("add", [a, b]);
}

export function sub(x: F32, y: F32): Real {
  const [a, b] = [real(x), real(y)];
  if (is(b, 0)) return a;
  if (is(a, 0)) return neg(b);
  return graph().apply("sub", [a, b]);
}

export function mul(x: F32, y: F32): Real {
  const [a, b] = [real(x), real(y)];
  if (is(a, 0) || is(b, 0)) return real(0);
  if (is(a, 1)) return b;
  if (is(b, 1)) return a;
  if (is(a, -1)) return neg(b);
  if (is(b, -1)) return neg(a);
  return graph().apply("mul", [a, b]);
}

export function div(x: F32, y: F32): Real {
  const [a, b] = [real(x), real(y)];
  return is(b, 1) ? a : graph().apply("div", [a, b]);
}

export function neg(x: F32): Real {
  const a = real(x);
  return a.op === "neg" ? (a.args[0] as Real) : graph().apply("neg", [a]);
}

export const max = binary("max");
export const min = binary("min");
export const sqrt = unary("sqrt");
export const exp = unary("exp");
export const log = unary("log");
/** log where x is known to be positive and normal: cheaper in float32, undefined elsewhere, and without a derivative. */
export const logPositive = unary("logPositive");
export const sin = unary("sin");
export const cos = unary("cos");
/** The same number, held constant by the gradient. */
export const stop = unary("stop");

/** x < y; false where either is NaN. */
export const less = (x: F32, y: F32): Bool => graph().apply("less", [real(x), real(y)]);

/** condition ? x : y, without evaluating less: both sides are computed, one is taken. */
export function select(condition: Bool, x: F32, y: F32): Real {
  const [a, b] = [real(x), real(y)];
  return a === b ? a : graph().apply("select", [condition, a, b]);
}

export const both = (a: Bool, b: Bool): Bool => graph().apply("both", [a, b]);
export const not = (a: Bool): Bool => graph().apply("not", [a]);
