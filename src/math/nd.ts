import type { Nd } from "../types.js";

/**
 * A dense row-major float64 array with named axes, zero unless data are given.
 *
 * @throws RangeError where the data are not as many as the shape says.
 */
export function nd<const Axes extends readonly string[]>(
  axes: Axes,
  shape: { readonly [K in keyof Axes]: number },
  data?: Float64Array,
): Nd<Axes> {
  const size = (shape as readonly number[]).reduce((product, extent) => product * extent, 1);
  if (data && data.length !== size)
    throw new RangeError(`(${axes.join(", ")}) = (${shape.join(", ")}) holds ${size} numbers, not ${data.length}`);
  return { axes, shape, data: data ?? new Float64Array(size) };
}
