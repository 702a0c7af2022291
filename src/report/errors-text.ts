import type { ErrorParts } from "../types.js";
import { numberText } from "./plus-minus.js";

/** What an error is made of: `pools 0.02, seeds 0.011, prompts 0.004`. Their squares add up to the error's. */
export function errorsText({ pools, seeds, prompts }: ErrorParts): string {
  const parts = Object.entries({ pools, seeds, prompts });
  return parts.flatMap(([name, part]) => (part === null ? [] : [`${name} ${numberText(part, 2)}`])).join(", ");
}
