import { add, both, div, less, mul, real, select, sqrt, sub } from "../kernels/arithmetic.js";
import type { Block } from "../kernels/inputs.js";
import { loop } from "../kernels/loop.js";
import type { F32 } from "../kernels/node.js";
import type { Stream } from "../kernels/random.js";
import { predictionErrors } from "../math/autocovariance.js";
import { coefficientsOf, isStationary, predictionsOf, reflectionsOf } from "../math/reflection.js";

/** What an autoregression's coefficients are: the same in all prompts, or drawn for each. */
export type Coefficients =
  | { readonly kind: "fixed"; readonly rho: readonly number[]; readonly reflections: readonly number[] }
  /** Reflection coefficients independent and uniform on [-within, within]: always stationary. */
  | { readonly kind: "partial"; readonly order: number; readonly within: number }
  /** rho uniform on [-within, within]^order, drawn again until all roots are smaller than `root` in modulus. */
  | { readonly kind: "rejection"; readonly order: number; readonly within: number; readonly root: number };

/** The best linear predictions from k = 0 .. q values of a series of unit innovations, in the kernel language. */
export interface Predictions {
  /** Row k < q: weights of the last k values, nearest first. Row q: the coefficients rho. */
  readonly weights: readonly (readonly F32[])[];
  /** Standard deviation of their errors over that of the innovations, k = 0 .. q - 1. */
  readonly errors: readonly F32[];
}

/** Tries of a rejection sampler per prompt: one prompt in 2^32 may exhaust them and is then not a number. */
const MISSED = 2 ** -32;
const MOST_TRIES = 160;

/** The order q. */
export function orderOf(coefficients: Coefficients): number {
  return coefficients.kind === "fixed" ? coefficients.rho.length : coefficients.order;
}

/** Coefficients as given. @throws RangeError where they are not stationary, with the root */
export function fixedCoefficients(rho: readonly number[]): Coefficients {
  return { kind: "fixed", rho, reflections: reflectionsOf(rho) };
}

/** Coefficients given by their reflection coefficients. @throws RangeError unless these lie inside (-1, 1) */
export function reflectedCoefficients(reflections: readonly number[]): Coefficients {
  const odd = reflections.find((r) => !(Math.abs(r) < 1));
  if (odd !== undefined) throw new RangeError(`reflection coefficients lie inside (-1, 1), and ${odd} does not`);
  return { kind: "fixed", rho: coefficientsOf(reflections), reflections };
}

/** The numbers that the text reads, and how it comes to the predictions from them and from the prompt's own stream. */
export function seriesCoefficients(coefficients: Coefficients): {
  readonly structure: string;
  readonly settings: readonly number[];
  build(stream: Stream, settings: Block): Predictions;
} {
  if (coefficients.kind === "fixed") return fixed(coefficients.reflections);
  const { order, within } = coefficients;
  if (coefficients.kind === "partial")
    return {
      structure: `${order} drawn reflections`,
      settings: [within],
      build: (stream, settings) => stepUp(uniform(stream, order, settings.at(0))),
    };
  const tries = triesOf(coefficients);
  return {
    structure: `${order} drawn coefficients, ${tries} tries`,
    settings: [within, ...Array.from({ length: order }, (_, j) => coefficients.root ** -(j + 1))],
    build: (stream, settings) => stepUp(accepted(stream, order, tries, settings)),
  };
}

function fixed(reflections: readonly number[]) {
  const q = reflections.length;
  const numbers = [
    ...predictionsOf(reflections).flat(),
    ...predictionErrors(reflections, 1).slice(0, q).map(Math.sqrt),
  ];
  return {
    structure: `${q} fixed`,
    settings: numbers,
    build: (_: Stream, settings: Block): Predictions => ({
      weights: Array.from({ length: q + 1 }, (_row, k) =>
        Array.from({ length: k }, (__, j) => settings.at((k * (k - 1)) / 2 + j)),
      ),
      errors: Array.from({ length: q }, (__, k) => settings.at((q * (q + 1)) / 2 + k)),
    }),
  };
}

function uniform(stream: Stream, order: number, within: F32): F32[] {
  const u = stream.uniforms(order);
  return Array.from({ length: order }, (_, k) => mul(within, sub(mul(2, u.at(k)), 1)));
}

/** The step-up recursion of math/reflection on nodes. */
function stepUp(reflections: readonly F32[]): Predictions {
  const weights: F32[][] = [[]];
  for (const r of reflections) {
    const before = weights.at(-1)!;
    const k = weights.length;
    weights.push([...before.map((phi, j) => sub(phi, mul(r, before[k - j - 2]!))), r]);
  }
  let inside: F32 = 1;
  const errors = [...reflections].reverse().map((r) => {
    inside = mul(inside, sub(1, mul(r, r)));
    return div(1, sqrt(inside));
  });
  return { weights, errors: errors.reverse() };
}

/** The reflection coefficients of the first try whose scaled coefficients are stationary; without any, not a number. */
function accepted(stream: Stream, order: number, tries: number, settings: Block): readonly F32[] {
  const missing = div(real(0), real(0));
  const none = Array.from({ length: order }, () => missing as F32);
  const [, ...reflections] = loop(tries, [0, ...none], (k, [found, ...kept]) => {
    const own = stream.at(k);
    // The first draw of at(k) belongs to the innovations.
    own.normals(2);
    const rho = uniform(own, order, settings.at(0));
    const isNear = stepDown(rho.map((entry, j) => mul(entry, settings.at(1 + j)))).isInside;
    const take = both(less(found!, 0.5), less(0.5, isNear));
    const { reflections: drawn } = stepDown(rho);
    return [select(take, 1, found!), ...drawn.map((r, j) => select(take, r, kept[j]!))];
  });
  return reflections;
}

/** The step-down recursion of math/reflection on nodes; `isInside` is 1 where all of them are inside (-1, 1), else 0. */
function stepDown(coefficients: readonly F32[]): { readonly reflections: readonly F32[]; readonly isInside: F32 } {
  const reflections: F32[] = [];
  let phi: readonly F32[] = coefficients;
  let isInside: F32 = 1;
  for (let k = phi.length; k > 0; k--) {
    const r = phi[k - 1]!;
    const inside = sub(1, mul(r, r));
    reflections.unshift(r);
    isInside = select(less(0, inside), isInside, 0);
    const last = phi;
    phi = last.slice(0, -1).map((entry, j) => div(add(entry, mul(r, last[k - j - 2]!)), inside));
  }
  return { reflections, isInside };
}

/** How many tries leave a prompt without coefficients once in 2^32. @throws RangeError where they would be too many */
function triesOf({ order, within, root }: Extract<Coefficients, { kind: "rejection" }>): number {
  const share = acceptedShare(order, within, root);
  const tries = share >= 1 ? 1 : Math.ceil(Math.log(MISSED) / Math.log1p(-share));
  if (!(tries <= MOST_TRIES))
    throw new RangeError(
      `of coefficients uniform on ±${within} only ${(100 * share).toPrecision(2)} % are accepted at order ${order}, ` +
        "too few to draw them anew for every prompt; use `partial`",
    );
  return tries;
}

/** The share of [-within, within]^order with all roots below `root`, from a lattice of points that fills the cube. */
function acceptedShare(order: number, within: number, root: number): number {
  const points = 20_000;
  // Powers of the root of x^(order + 1) = x + 1 fill the cube evenly (Roberts's sequence).
  let base = 2;
  for (let i = 0; i < 64; i++) base = (1 + base) ** (1 / (order + 1));
  let inside = 0;
  for (let i = 1; i <= points; i++) {
    const rho = Array.from({ length: order }, (_, j) => within * (2 * ((i * base ** -(j + 1)) % 1) - 1));
    if (isStationary(rho.map((entry, j) => entry * root ** -(j + 1)))) inside++;
  }
  return inside / points;
}
