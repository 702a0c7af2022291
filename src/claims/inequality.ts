import type { Group } from "./cell.js";
import { subtract } from "./dual.js";
import { estimateOf, type Quantity } from "./estimate.js";
import { type Finding, findingOf } from "./finding.js";
import { sidesOf } from "./sides.js";

/** What one group of cells says of a claim. */
export type Judge = (group: Group) => Finding;

/**
 * less <= than (or < where `strict`), decided on the paired difference, seed by seed and prompt by prompt. The margin is
 * than - less. Equality counts only where it can be seen: between closed forms, to roundoff.
 */
export function inequality(less: Quantity, than: Quantity, { strict = false } = {}): Judge {
  return (group) => {
    const margin = estimateOf((...cells) => subtract(than(...cells), less(...cells)), group);
    return findingOf(margin, sidesOf(group, less, than), !strict);
  };
}
