import type { Type } from "./node.js";

/** An elementary operation: argument types, result type and its meaning on plain numbers (u32 in 0..2^32-1, bool 0 or 1).
 *  The literal of a node (a shift's distance, a bit's mask) follows the arguments. */
export interface Operation {
  readonly takes: readonly Type[];
  readonly gives: Type;
  readonly of: (...values: number[]) => number;
}

const real = (of: (...values: number[]) => number, takes: readonly Type[] = ["f32"]): Operation => ({
  takes,
  gives: "f32",
  of,
});
const pair: readonly Type[] = ["f32", "f32"];
const word = (of: (...values: number[]) => number, takes: readonly Type[] = ["u32", "u32"]): Operation => ({
  takes,
  gives: "u32",
  of: (...values) => of(...values) >>> 0,
});
const test = (of: (...values: number[]) => boolean, takes: readonly Type[]): Operation => ({
  takes,
  gives: "bool",
  of: (...values) => Number(of(...values)),
});

const bitView = new DataView(new ArrayBuffer(4));
function bitsOf(value: number): number {
  bitView.setFloat32(0, value);
  return bitView.getUint32(0);
}
function fromBits(bits: number): number {
  bitView.setUint32(0, bits);
  return bitView.getFloat32(0);
}

function roundHalfEven(value: number): number {
  const floor = Math.floor(value);
  const rest = value - floor;
  return rest > 0.5 || (rest === 0.5 && floor % 2 !== 0) ? floor + 1 : floor;
}

/** Every elementary operation of the language with its meaning. Emitters and derivative rules are checked against this
 *  table by type: an operation without an entry there does not compile. */
export const operations = {
  /** a + b, a - b, a b, a / b, -a: IEEE, rounded to nearest. */
  add: real((a, b) => a! + b!, pair),
  sub: real((a, b) => a! - b!, pair),
  mul: real((a, b) => a! * b!, pair),
  div: real((a, b) => a! / b!, pair),
  neg: real((a) => -a!),
  /** The larger and smaller; NaN if either is. The derivative at a tie goes to the first. */
  max: real((a, b) => Math.max(a!, b!), pair),
  min: real((a, b) => Math.min(a!, b!), pair),
  /** Roots and logarithms of negative numbers are NaN; log 0 = -infinity; exp overflows to infinity, underflows to 0. */
  sqrt: real((a) => Math.sqrt(a!)),
  exp: real((a) => Math.exp(a!)),
  log: real((a) => Math.log(a!)),
  /** ln of a number known to be positive and normal, without the cases of the others. */
  logPositive: real((a) => Math.log(a!)),
  /** Of radians; in float32 accurate to a few roundoffs for |a| < 8192. */
  sin: real((a) => Math.sin(a!)),
  cos: real((a) => Math.cos(a!)),
  /** The same number, with derivative zero. */
  stop: real((a) => a!),
  /** condition ? a : b; the unchosen side may be NaN without harm. */
  select: real((condition, a, b) => (condition ? a! : b!), ["bool", "f32", "f32"]),
  /** The word as a number in 0..2^32-1, rounded to nearest. */
  toReal: real((a) => a!, ["u32"]),
  /** ln((w + 1/2) / 2^32): the logarithm of an open 32-bit uniform, finite for every word w. */
  logUniform: real((w) => Math.log((w! + 0.5) * 2 ** -32), ["u32"]),
  /** cos and sin of 2 pi w / 2^32. */
  cosTurn: real((w) => Math.cos((2 * Math.PI * w!) / 2 ** 32), ["u32"]),
  sinTurn: real((w) => Math.sin((2 * Math.PI * w!) / 2 ** 32), ["u32"]),

  /** Arithmetic modulo 2^32, bitwise operations, shifts and rotation by a literal distance in 1..31. */
  addWord: word((a, b) => a! + b!),
  subWord: word((a, b) => a! - b!),
  mulWord: word((a, b) => Math.imul(a!, b!)),
  and: word((a, b) => a! & b!),
  or: word((a, b) => a! | b!),
  xor: word((a, b) => a! ^ b!),
  shiftLeft: word((a, k) => a! << k!, ["u32"]),
  shiftRight: word((a, k) => a! >>> k!, ["u32"]),
  rotateLeft: word((a, k) => (a! << k!) | (a! >>> (32 - k!)), ["u32"]),
  selectWord: word((condition, a, b) => (condition ? a! : b!), ["bool", "u32", "u32"]),

  /** a < b on reals (false for NaN), a < b and a = b on words, any bit of the literal mask set. */
  less: test((a, b) => a! < b!, pair),
  lessWord: test((a, b) => a! < b!, ["u32", "u32"]),
  equalWord: test((a, b) => a === b, ["u32", "u32"]),
  anyBit: test((a, mask) => (a! & mask!) !== 0, ["u32"]),
  both: test((a, b) => a! + b! === 2, ["bool", "bool"]),
  not: test((a) => !a, ["bool"]),

  /** Only in lowered graphs (see lowering.ts), where a real is known to be a float32. */
  nearest: real((a) => roundHalfEven(a!)),
  signedToReal: real((a) => a! | 0, ["u32"]),
  toSigned: word((a) => Math.trunc(a!) | 0, ["f32"]),
  bits: word((a) => bitsOf(a!), ["f32"]),
  fromBits: real((a) => fromBits(a!), ["u32"]),
  shiftRightSigned: word((a, k) => a! >> k!, ["u32"]),
  /** At most and at least b, for a b that is not NaN: NaN where a is. */
  capped: real((a, b) => Math.min(a!, b!), pair),
  raised: real((a, b) => Math.max(a!, b!), pair),
} as const satisfies Record<string, Operation>;

export type Elementary = keyof typeof operations;

export const isElementary = (op: string): op is Elementary => op in operations;
