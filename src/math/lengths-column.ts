import type { Lengths } from "../types.js";

/** A length, or a distribution of lengths, as rows and figures write it: the number, or `1..40`, both ends in it. */
export function lengthsColumn(lengths: Lengths): number | string {
  return typeof lengths === "number" ? lengths : `${lengths.uniform[0]}..${lengths.uniform[1]}`;
}
