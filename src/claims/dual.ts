import type { Measurement } from "../types.js";

/**
 * Dual numbers: a value carried together with its derivatives by the sampled numbers it was computed from. The error
 * of any smooth expression then follows by the delta method, without a formula written for each expression.
 *
 * Undefined stays visible. Only an *operand* that is known to be infinite may make a value infinite; every other value
 * that leaves the finite numbers (0 / 0, 1 / 0, log 0) is NaN and carries the sentence that says why.
 */
export interface Dual {
  readonly value: number;
  /** Derivative by each operand that was read, also where it is 0: what was read is what the value speaks of. */
  readonly slopes: ReadonlyMap<Operand, number>;
  /** True once any operand is known to be infinite: the value may then refute a claim, never support it. */
  readonly infinite: boolean;
  /** Why the value is undefined; null where it is defined. */
  readonly why: string | null;
}

/** One number read from the rows: a mean over prompts, or a closed form. The same number is the same object. */
export interface Operand {
  readonly row: Measurement;
  /** Standard error over prompts; 0 for a closed form, null where it is not known. */
  readonly standardError: number | null;
  /** Names the stream of the prompts that it is a mean over, where that is known. */
  readonly stream?: string;
  /** Covariance with another operand over common prompts, or null where it was not measured. */
  covariance(other: Operand): number | null;
}

/** A number without error. */
export function constant(value: number): Dual {
  return { value, slopes: new Map(), infinite: false, why: Number.isFinite(value) ? null : `${value} is not a number` };
}

/** A number read from the rows; +-Infinity means that it is known to be infinite. */
export function variable(value: number, operand: Operand): Dual {
  return { value, slopes: new Map([[operand, 1]]), infinite: !Number.isFinite(value), why: null };
}

/** A number that cannot be had, and why. `operand` where a row was there to say so. */
export function undefinedDual(why: string, operand?: Operand): Dual {
  return { value: Number.NaN, slopes: new Map(operand ? [[operand, 0]] : []), infinite: false, why };
}

export function add(a: Dual, b: Dual): Dual {
  return chain(a.value + b.value, [a, 1], [b, 1]);
}

export function subtract(a: Dual, b: Dual): Dual {
  return chain(a.value - b.value, [a, 1], [b, -1]);
}

export function multiply(a: Dual, b: Dual): Dual {
  return chain(a.value * b.value, [a, b.value], [b, a.value]);
}

export function divide(a: Dual, b: Dual): Dual {
  if (b.value === 0) return undefinedFrom("a division by zero", a, b);
  return chain(a.value / b.value, [a, 1 / b.value], [b, -a.value / b.value ** 2]);
}

/** a^p for a constant power p; undefined for a negative base with a fractional power. */
export function power(a: Dual, p: number): Dual {
  return chain(a.value ** p, [a, p === 0 ? 0 : p * a.value ** (p - 1)]);
}

/** Natural logarithm; undefined for numbers that are not positive. */
export function log(a: Dual): Dual {
  if (a.value <= 0) return undefinedFrom(`the logarithm of ${a.value}`, a);
  return chain(Math.log(a.value), [a, 1 / a.value]);
}

export function abs(a: Dual): Dual {
  return chain(Math.abs(a.value), [a, a.value < 0 ? -1 : 1]);
}

/** The smallest; its error is that of the one that is smallest here. */
export function min(...all: readonly Dual[]): Dual {
  return extreme(Math.min(...all.map((one) => one.value)), all);
}

/** The largest; its error is that of the one that is largest here. */
export function max(...all: readonly Dual[]): Dual {
  return extreme(Math.max(...all.map((one) => one.value)), all);
}

function extreme(value: number, all: readonly Dual[]): Dual {
  const chosen = all.findIndex((one) => one.value === value);
  return chain(value, ...all.map((one, i): [Dual, number] => [one, i === chosen ? 1 : 0]));
}

/** The chain rule, and the rule for values that leave the finite numbers. */
function chain(value: number, ...inputs: readonly (readonly [Dual, number])[]): Dual {
  const slopes = new Map<Operand, number>();
  for (const [input, partial] of inputs)
    for (const [operand, slope] of input.slopes) slopes.set(operand, (slopes.get(operand) ?? 0) + partial * slope);
  const infinite = inputs.some(([input]) => input.infinite);
  const why = inputs.find(([input]) => input.why !== null)?.[0].why ?? null;
  const defined = why === null && (Number.isFinite(value) || (infinite && !Number.isNaN(value)));
  if (defined) return { value, slopes, infinite, why: null };
  return { value: Number.NaN, slopes, infinite, why: why ?? "the expression is not a number" };
}

function undefinedFrom(why: string, ...inputs: readonly Dual[]): Dual {
  const before = inputs.find((input) => input.why !== null)?.why ?? why;
  const slopes = new Map(inputs.flatMap((input) => [...input.slopes]));
  return { value: Number.NaN, slopes, infinite: false, why: before };
}
