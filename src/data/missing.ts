import { type Place, refuse } from "./series-error.js";

/** What is done about values that are not there. */
export type Missing = "refuse" | "drop" | "interpolate";

export const missingWays: readonly Missing[] = ["refuse", "drop", "interpolate"];

/**
 * Values without holes (null). `drop` closes a hole, so that its two sides become neighbours; `interpolate` fills it on
 * the straight line between its two sides, in time where there are times, else by number.
 *
 * @returns values, and the indices that were kept
 * @throws SeriesError at a hole where they are refused, and at either end where there is no second side
 */
export function withoutHoles(
  values: readonly (number | null)[],
  times: Float64Array | null,
  way: Missing,
  at: (index: number) => Place,
  file: string,
): { readonly values: Float64Array; readonly kept: readonly number[] } {
  const holes = values.flatMap((value, i) => (value === null ? [i] : []));
  const all = values.map((_, i) => i);
  if (holes.length > 0 && way === "refuse")
    refuse(
      file,
      at(holes[0]!),
      `a value is missing${others(holes.length)}; drop or interpolate it by the option missing`,
    );
  if (way === "drop") {
    const kept = all.filter((i) => values[i] !== null);
    return { values: Float64Array.from(kept, (i) => values[i]!), kept };
  }
  const filled = Float64Array.from(values, (value) => value ?? Number.NaN);
  for (const hole of holes) {
    const before = hole - 1;
    const after = values.findIndex((value, i) => i > hole && value !== null);
    if (before < 0 || after < 0)
      refuse(file, at(hole), "a missing value at an end of the series has nothing to be interpolated from");
    // Holes are filled from the left, so that the value before is there, and on the line already.
    const clock = (i: number) => times?.[i] ?? i;
    const share = (clock(hole) - clock(before)) / (clock(after) - clock(before));
    filled[hole] = filled[before]! + share * (values[after]! - filled[before]!);
  }
  return { values: filled, kept: all };
}

function others(count: number): string {
  return count > 1 ? ` here and in ${count - 1} other place${count > 2 ? "s" : ""}` : "";
}
