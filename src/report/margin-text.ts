import type { Verdict } from "../types.js";
import { numberText } from "./plus-minus.js";

/** `+0.0021 (4.5 SE)`: how far inside (+) or outside (-) the claim the measurement lies, also in standard errors. */
export function marginText({ margin, standardErrors }: Verdict): string {
  if (margin === null || Number.isNaN(margin)) return "–";
  const signed = margin > 0 ? `+${numberText(margin, 2)}` : numberText(margin, 2);
  return standardErrors === null ? signed : `${signed} (${numberText(Math.abs(standardErrors), 2)} SE)`;
}
