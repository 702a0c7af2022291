import { cos, div, less, mul, neg, select, sin } from "./arithmetic.js";
import type { Bool, F32, Node } from "./node.js";
import type { Elementary } from "./operations.js";

type Real = Node<"f32">;

/** What a derivative rule sees: the adjoint of the node, the node, and how to read values of the forward pass. */
export interface Reading {
  readonly adjoint: Real;
  readonly node: Real;
  /** A forward value where the reverse runs. Ask only for what is needed: it may have to be stored for you. */
  value(node: Node): Real;
  condition(node: Node): Bool;
}

/** The adjoints of the arguments, in order; null where there is none. */
export type Rule = (reading: Reading) => readonly (F32 | null)[];

export type Differentiable = Extract<
  Elementary,
  "add" | "sub" | "mul" | "div" | "neg" | "max" | "min" | "sqrt" | "exp" | "log" | "sin" | "cos" | "select"
>;
export type Rules = Readonly<Record<Differentiable, Rule>>;

/** Both sides of a choice: the adjoint goes to the chosen one. */
const chosen = (condition: Bool, adjoint: F32): readonly [Real, Real] => [
  select(condition, adjoint, 0),
  select(condition, 0, adjoint),
];
const argument = ({ node, value }: Reading, k: number): Real => value(node.args[k] as Node);

/** d f(a, b) for each operation that has a derivative; `g` is the adjoint of f. */
export const derivatives: Rules = {
  add: ({ adjoint: g }) => [g, g],
  sub: ({ adjoint: g }) => [g, neg(g)],
  neg: ({ adjoint: g }) => [neg(g)],
  mul: (at) => [mul(at.adjoint, argument(at, 1)), mul(at.adjoint, argument(at, 0))],
  div: (at) => {
    const quotient = div(at.adjoint, argument(at, 1));
    return [quotient, neg(mul(quotient, at.value(at.node)))];
  },
  sqrt: (at) => [div(mul(0.5, at.adjoint), at.value(at.node))],
  exp: (at) => [mul(at.adjoint, at.value(at.node))],
  log: (at) => [div(at.adjoint, argument(at, 0))],
  sin: (at) => [mul(at.adjoint, cos(argument(at, 0)))],
  cos: (at) => [neg(mul(at.adjoint, sin(argument(at, 0))))],
  select: (at) => [null, ...chosen(at.condition(at.node.args[0] as Node), at.adjoint)],
  max: (at) => [...chosen(less(argument(at, 0), argument(at, 1)), at.adjoint)].reverse(),
  min: (at) => [...chosen(less(argument(at, 1), argument(at, 0)), at.adjoint)].reverse(),
};
