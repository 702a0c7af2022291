/**
 * The time at which a curve first falls to a level: straight between the two looks around it. Null where no look is that
 * low, or where the curve leaves the finite numbers before one is. A curve that begins at or below the level falls to it
 * at its first time.
 *
 * @param times ascending, in any unit
 * @param values one a time
 * @throws RangeError where there are not as many values as times.
 *
 * @example
 * import { crossingTime } from "iclab/evaluation/crossing-time";
 *
 * crossingTime([0, 1, 2, 3], [8, 7, 3, 2], 4); // 1.75
 * crossingTime([0, 1], [8, 7], 4); // null
 */
export function crossingTime(
  times: readonly number[],
  values: readonly (number | null)[],
  level: number,
): number | null {
  if (times.length !== values.length)
    throw new RangeError(`a curve has as many values as times: ${values.length} and ${times.length}`);
  const broken = values.findIndex((value) => value === null || !Number.isFinite(value));
  const known = (broken === -1 ? values : values.slice(0, broken)) as readonly number[];
  const after = known.findIndex((value) => value <= level);
  if (after <= 0) return after === 0 ? times[0]! : null;
  const [above, below] = [known[after - 1]!, known[after]!];
  const [from, to] = [times[after - 1]!, times[after]!];
  return from + ((to - from) * (above - level)) / (above - below);
}
