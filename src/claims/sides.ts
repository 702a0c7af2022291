import type { Group } from "./cell.js";
import { mean, type Quantity, seedBySeed } from "./estimate.js";
import type { Sides } from "./finding.js";

/** The two sides of a comparison as numbers to print; null where a side is undefined or infinite. */
export function sidesOf(group: Group, measured: Quantity, expected: Quantity): Sides {
  const value = (quantity: Quantity) => {
    const means = (group.pools ?? [group.cells]).map((cells) =>
      mean(seedBySeed(quantity, cells).map((one) => one.value)),
    );
    const found = mean(means);
    return Number.isFinite(found) ? found : null;
  };
  return { cell: group.label, measured: value(measured), expected: value(expected) };
}
