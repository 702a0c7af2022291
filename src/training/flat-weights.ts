import { nd } from "../math/nd.js";
import type { Nd, Weights } from "../types.js";

/** Where each named weight lies in one flat array: optimisers, gradients and clipping see all weights as one vector. */
export interface Layout {
  readonly size: number;
  readonly parts: readonly { readonly name: string; readonly at: number; readonly like: Nd }[];
}

/** The layout of weights shaped like these, in the order of their names here. */
export function layoutOf(weights: Weights): Layout {
  let size = 0;
  const parts = Object.entries(weights).map(([name, like]) => {
    const at = size;
    size += like.data.length;
    return { name, at, like };
  });
  return { size, parts };
}

export function flatten({ size, parts }: Layout, weights: Weights): Float64Array {
  const flat = new Float64Array(size);
  for (const { name, at } of parts) flat.set(weights[name]!.data, at);
  return flat;
}

/** Named weights again, on copies of their parts of the flat array. */
export function unflatten({ parts }: Layout, flat: Float64Array): Weights {
  const named = parts.map(({ name, at, like: { axes, shape, data } }) => [
    name,
    nd(axes, shape, flat.slice(at, at + data.length)),
  ]);
  return Object.fromEntries(named) as Weights;
}
