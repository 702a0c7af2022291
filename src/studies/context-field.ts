import { z } from "zod";
import type { Lengths } from "../types.js";

/** Longest context that a study may ask for: it bounds what one batch of prompts takes. */
const LONGEST = 100_000;

const pairs = z.int().min(0).max(LONGEST);

/** How a study writes the number of labelled pairs in a prompt. */
export const contextField = z
  .union([
    pairs,
    z.strictObject({ timesFeatures: z.number().min(0) }).describe("{ timesFeatures: alpha }, pairs per feature"),
    z.strictObject({ uniform: z.tuple([pairs, pairs]) }).describe("{ uniform: [least, most] }, drawn per prompt"),
  ])
  .describe(`a whole number of pairs from 0 to ${LONGEST}, { timesFeatures: alpha } or { uniform: [least, most] }`);

export type ContextField = z.infer<typeof contextField>;

/**
 * The lengths that a field means with d features, or the sentence why it means none. alpha d must be a whole number up
 * to the roundoff of writing it in decimals: 9.62 x 100 is 962, though in floating point it is 961.9999999999999.
 */
export function lengthsOf(field: ContextField, features: number): Lengths | string {
  if (typeof field === "number") return field;
  if ("uniform" in field)
    return field.uniform[0] <= field.uniform[1] ? field : "`uniform` needs the smaller length first: [least, most]";
  const product = field.timesFeatures * features;
  const whole = Math.round(product);
  if (Math.abs(product - whole) > 8 * Number.EPSILON * product)
    return `${field.timesFeatures} x ${features} features is ${product}; allowed: a whole number of pairs`;
  return whole <= LONGEST ? whole : `${whole} pairs are too many; allowed: at most ${LONGEST}`;
}
