import type { Group } from "./cell.js";
import { abs, add, constant, type Dual, multiply, subtract } from "./dual.js";
import { estimateOf, type Quantity } from "./estimate.js";
import { type Finding, findingOf } from "./finding.js";
import type { Judge } from "./inequality.js";
import { sidesOf } from "./sides.js";
import { weaker } from "./weaker.js";

/** How far apart two numbers may be: in their own unit, or as a part of the second. */
export type Within = { readonly absolute: number } | { readonly relative: number };

/**
 * |measured - expected| < margin as an equivalence test: holds if |difference| + z SE < margin, is refuted if
 * |difference| - z SE > margin, else undecided. Never equal because the noise is large, and never by an error of 0.
 *
 * Two one-sided tests, margin - (a - b) > 0 and margin + (a - b) > 0, so that the error of a relative margin (a part of
 * a measured number) and its correlation with the difference are counted.
 * Source: Schuirmann, "A comparison of the two one-sided tests procedure and the power approach", 1987, Section 2.
 */
export function equivalence(measured: Quantity, expected: Quantity, within: Within): Judge {
  const margin = (b: Dual) =>
    "absolute" in within ? constant(within.absolute) : multiply(constant(within.relative), abs(b));
  const sided = (group: Group, side: 1 | -1): Finding => {
    const room: Quantity = (...cells) => {
      const [a, b] = [measured(...cells), expected(...cells)];
      return add(margin(b), side === 1 ? subtract(b, a) : subtract(a, b));
    };
    return findingOf(estimateOf(room, group), sidesOf(group, measured, expected), true);
  };
  return (group) => {
    const [above, below] = [sided(group, 1), sided(group, -1)];
    const refuting = [above, below].find((finding) => finding.side === false);
    if (refuting) return refuting;
    if (above.side === null || below.side === null) return above.side === null ? above : below;
    return weaker(above, below);
  };
}
