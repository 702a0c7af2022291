/**
 * Exponentials, logarithms, sines and cosines in float32 arithmetic and bit operations, for targets without them.
 * Errors are a few float32 roundoffs; infinities, NaN, zeros and subnormal numbers come out as IEEE has them.
 */
import { add, div, less, mul, real, select, sub } from "./arithmetic.js";
import { graph } from "./graph.js";
import type { F32, Node, U32 } from "./node.js";
import { addWord, and, anyBit, equalWord, shiftLeft, shiftRight, subWord, word, xor } from "./words.js";

type Real = Node<"f32">;
type Word = Node<"u32">;

const signed = (x: U32): Real => graph().apply("signedToReal", [word(x)]);
const bits = (x: Real): Word => graph().apply("bits", [x]);
const fromBits = (x: U32): Real => graph().apply("fromBits", [word(x)]);
const nearest = (x: Real): Real => graph().apply("nearest", [x]);
const toSigned = (x: Real): Word => graph().apply("toSigned", [x]);
const arithmeticShift = (x: U32, distance: number): Word => graph().apply("shiftRightSigned", [word(x)], distance);

/** Horner's rule, highest power first. */
const polynomial = (x: Real, coefficients: readonly number[]): Real =>
  coefficients.slice(1).reduce<Real>((sum, c) => add(mul(sum, x), c), real(coefficients[0] as number));

/** ln 2 in two parts whose first has few bits, so that k times it is exact. Source: Cephes, S. L. Moshier, expf.c. */
const ln2High = 0.693359375;
const ln2Low = -2.1219444e-4;
/** (e^r - 1 - r) / r^2 on |r| <= ln 2 / 2. Source: as above. */
const exponential = [1.98756915e-4, 1.3981999507e-3, 8.3334519073e-3, 4.1665795894e-2, 1.6666665459e-1, 0.50000001201];

/** 2^k p with 2^k in two factors, so that results beyond the float32 range become infinite, subnormal or zero. */
function scaled(p: Real, k: Word): Real {
  const half = arithmeticShift(k, 1);
  const power = (e: U32): Real => fromBits(shiftLeft(addWord(e, 127), 23));
  return mul(mul(p, power(half)), power(subWord(k, half)));
}

function exp(x: Real): Real {
  const capped = graph().apply<"f32">("capped", [x, real(89)]);
  const clamped = graph().apply<"f32">("raised", [capped, real(-104)]);
  const k = nearest(mul(clamped, Math.LOG2E));
  const r = sub(sub(clamped, mul(k, ln2High)), mul(k, ln2Low));
  const p = add(add(mul(polynomial(r, exponential), mul(r, r)), r), 1);
  return scaled(p, toSigned(k));
}

/** (2 atanh s - 2 s) / s^3 as a polynomial of s^2 on |s| <= (sqrt 2 - 1) / (sqrt 2 + 1), relative error 8e-10 of the
 *  logarithm: own fit, iteratively reweighted least squares. */
const logarithm = [0.298717317575366, 0.39977541430474944, 0.6666677638279074];

/** x = 2^e m with m in [sqrt 1/2, sqrt 2), for positive normal x: e, and ln m = 2 atanh((m - 1) / (m + 1)). */
function exponentAndLog(x: Real): readonly [Word, Real] {
  const b = bits(x);
  const e = arithmeticShift(subWord(b, 0x3f3504f3), 23);
  const m = fromBits(subWord(b, shiftLeft(e, 23)));
  const s = div(sub(m, 1), add(m, 1));
  const z = mul(s, s);
  return [e, mul(s, add(mul(polynomial(z, logarithm), z), 2))];
}

function log(x: Real): Real {
  const smallest = 2 ** -126;
  const subnormal = less(x, smallest);
  const [e, ln] = exponentAndLog(select(subnormal, mul(x, 2 ** 23), x));
  const k = sub(signed(e), select(subnormal, 23, 0));
  const finite = add(mul(k, ln2High), add(mul(k, ln2Low), ln));
  const positive = select(less(x, Number.POSITIVE_INFINITY), finite, x);
  const isZero = equalWord(shiftLeft(bits(x), 1), 0);
  return select(less(0, x), positive, select(isZero, Number.NEGATIVE_INFINITY, Number.NaN));
}

function logPositive(x: Real): Real {
  const [e, ln] = exponentAndLog(x);
  return add(mul(signed(e), Math.LN2), ln);
}

/** ln((w + 1/2) / 2^32): the word is rounded once, by halves, and is never subnormal or zero. */
function logUniform(w: Word): Real {
  const low = add(signed(and(w, 0xffff)), 0.5);
  const [e, ln] = exponentAndLog(add(mul(signed(shiftRight(w, 16)), 65536), low));
  return add(mul(signed(subWord(e, 32)), Math.LN2), ln);
}

/** (sin t - t) / t^3 and (cos t - 1 + t^2 / 2) / t^4 on |t| <= pi / 4. Source: Cephes, sinf.c. */
const sine = [-1.9515295891e-4, 8.3321608736e-3, -1.6666654611e-1];
const cosine = [2.443315711809948e-5, -1.388731625493765e-3, 4.166664568298827e-2];

/** cos or sin of q pi / 2 + t: bit 31 of `quadrant` is bit 1 of q, bit 30 its bit 0. */
function rotated(which: "cos" | "sin", quadrant: U32, t: Real): Real {
  const z = mul(t, t);
  const sin = add(t, mul(mul(t, z), polynomial(z, sine)));
  const cos = add(sub(1, mul(0.5, z)), mul(mul(z, z), polynomial(z, cosine)));
  const odd = anyBit(quadrant, 0x40000000);
  const [even, swapped] = which === "cos" ? [cos, sin] : [sin, cos];
  const turn = which === "cos" ? xor(quadrant, shiftLeft(quadrant, 1)) : quadrant;
  return fromBits(xor(bits(select(odd, swapped, even)), and(turn, 0x80000000)));
}

/** cos or sin of 2 pi w / 2^32: the two bits that round w to a quarter turn, and the rest as an angle. */
function turned(which: "cos" | "sin", w: Word): Real {
  const t = mul(signed(shiftLeft(w, 2)), Math.PI / 2 / 2 ** 32);
  return rotated(which, addWord(w, 2 ** 29), t);
}

/** pi / 2 in three parts of few bits. Source: Cephes, sinf.c (doubled). */
const halfPi = [1.5703125, 4.837512969970703e-4, 7.54978995489188e-8] as const;

function angle(which: "cos" | "sin", x: Real): Real {
  const k = nearest(mul(x, 2 / Math.PI));
  const t = halfPi.reduce<Real>((rest, part) => sub(rest, mul(k, part)), x);
  return rotated(which, shiftLeft(toSigned(k), 30), t);
}

/** A word as a real, by signed conversion where its upper bit is known to be clear. */
function toReal(w: Word): Real | null {
  return w.op === "shiftRight" ? signed(w) : null;
}

const rules: Readonly<Record<string, (argument: Node) => F32 | null>> = {
  exp: (x) => exp(x as Real),
  log: (x) => log(x as Real),
  logPositive: (x) => logPositive(x as Real),
  sin: (x) => angle("sin", x as Real),
  cos: (x) => angle("cos", x as Real),
  logUniform: (w) => logUniform(w as Word),
  sinTurn: (w) => turned("sin", w as Word),
  cosTurn: (w) => turned("cos", w as Word),
  toReal: (w) => toReal(w as Word),
  stop: (x) => x as Real,
};

/** Replaces what SIMD machines have no instruction for; a rule of rewrite.ts. */
export function lowered(node: Node, args: readonly Node[]): Node | null {
  const rule = rules[node.op];
  const made = rule ? rule(args[0] as Node) : null;
  return made === null ? null : real(made);
}

/** Replaces the sines and cosines of random angles only. */
export const loweredTurns: typeof lowered = (node, args) =>
  node.op === "sinTurn" || node.op === "cosTurn" ? lowered(node, args) : null;
