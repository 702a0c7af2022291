import { demand } from "./clause.js";

/** The largest absolute value; NaN where there is one. */
export function largest(values: ArrayLike<number>): number {
  let most = 0;
  for (let i = 0; i < values.length; i++) {
    const size = Math.abs(values[i]!);
    if (!(size <= most)) most = size;
    if (Number.isNaN(most)) return most;
  }
  return most;
}

/** The largest absolute difference of two arrays; NaN where there is one. @throws Breach where their lengths differ */
export function gap(a: ArrayLike<number>, b: ArrayLike<number>): number {
  demand(a.length === b.length, `${a.length} numbers stand against ${b.length}`);
  return largest(Array.from(a, (value, i) => value - b[i]!));
}

/** @throws Breach unless two arrays differ by less than so many roundoffs of the second's largest entry. */
export function demandClose(
  what: string,
  found: ArrayLike<number>,
  right: ArrayLike<number>,
  roundoffs: number,
  roundoff: number,
): void {
  const [apart, size] = [gap(found, right), largest(right)];
  demand(
    apart < roundoffs * roundoff * size,
    `${what} differ by ${short(apart)}, which is ${short(apart / (roundoff * size))} roundoffs of the largest, ` +
      `${short(size)}; allowed: ${roundoffs}`,
  );
}

/** @throws Breach unless two arrays are the same number by number. */
export function demandSame(what: string, found: ArrayLike<number>, right: ArrayLike<number>): void {
  demand(found.length === right.length, `${what}: ${found.length} numbers stand against ${right.length}`);
  const at = Array.from(found).findIndex((value, i) => value !== right[i]);
  demand(at < 0, `${what}: number ${at} is ${found[at]} and not ${right[at]}`);
}

/** A number as a sentence has it: three digits. */
export const short = (value: number): string => String(Number(value.toPrecision(3)));
