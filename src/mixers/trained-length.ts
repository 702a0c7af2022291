import type { Site } from "../types.js";

/** The one context length of training, to divide by. @throws RangeError where training has no single length. */
export function trainedLength({ context }: Site): number {
  if (typeof context === "number" && context > 0) return context;
  throw new RangeError("normalize: trained divides by the one context length of training; use `own` for mixed lengths");
}
