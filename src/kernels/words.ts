/**
 * Unsigned 32-bit integers: indices, counters and random bits. Arithmetic wraps modulo 2^32. Where all arguments are
 * plain numbers the result is one too, so that the same text indexes an unrolled list and a rolled array.
 */
import { graph } from "./graph.js";
import type { Bool, F32, Node, U32 } from "./node.js";
import { type Elementary, operations } from "./operations.js";

type Word = Node<"u32">;

/** An integer as a node. */
export const word = (x: U32): Word => (typeof x === "number" ? graph().constant(x, "u32") : x);

const is = (x: U32, value: number): boolean =>
  typeof x === "number" ? x === value : x.op === "constant" && x.immediate === value;

function apply(op: Elementary, args: readonly U32[], immediate = 0): U32 {
  if (args.every((arg) => typeof arg === "number")) return operations[op].of(...(args as number[]), immediate);
  return graph().apply<"u32">(op, args.map(word), immediate);
}

export function addWord(x: U32, y: U32): U32 {
  if (is(x, 0)) return y;
  return is(y, 0) ? x : apply("addWord", [x, y]);
}

export const subWord = (x: U32, y: U32): U32 => (is(y, 0) ? x : apply("subWord", [x, y]));

export function mulWord(x: U32, y: U32): U32 {
  if (is(x, 1)) return y;
  if (is(y, 1)) return x;
  return is(x, 0) || is(y, 0) ? 0 : apply("mulWord", [x, y]);
}

export const and = (x: U32, y: U32): U32 => apply("and", [x, y]);
export const or = (x: U32, y: U32): U32 => apply("or", [x, y]);
export const xor = (x: U32, y: U32): U32 => apply("xor", [x, y]);
export const shiftLeft = (x: U32, distance: number): U32 => apply("shiftLeft", [x], distance);
export const shiftRight = (x: U32, distance: number): U32 => apply("shiftRight", [x], distance);
export const rotateLeft = (x: U32, distance: number): U32 => apply("rotateLeft", [x], distance);

export const lessWord = (x: U32, y: U32): Bool => graph().apply("lessWord", [word(x), word(y)]);
export const equalWord = (x: U32, y: U32): Bool => graph().apply("equalWord", [word(x), word(y)]);
/** True where any bit of the literal mask is set. */
export const anyBit = (x: U32, mask: number): Bool => graph().apply("anyBit", [word(x)], mask);
export const selectWord = (condition: Bool, x: U32, y: U32): U32 =>
  graph().apply<"u32">("selectWord", [condition, word(x), word(y)]);

/** The word as a real number, rounded to nearest. */
export const toReal = (x: U32): F32 => (typeof x === "number" ? x : graph().apply<"f32">("toReal", [x]));
/** ln((w + 1/2) / 2^32), never zero or infinite but for rounding of words above 2^32 - 128, whose logarithm is 0. */
export const logUniform = (w: U32): Node<"f32"> => graph().apply("logUniform", [word(w)]);
export const cosTurn = (w: U32): Node<"f32"> => graph().apply("cosTurn", [word(w)]);
export const sinTurn = (w: U32): Node<"f32"> => graph().apply("sinTurn", [word(w)]);
