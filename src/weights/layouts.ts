import { unknownName } from "../names/nearest.js";
import type { Arrays } from "./arrays.js";
import { WeightsError } from "./weights-error.js";

/** What the arrays of a file are weights of: a mixer's name and those of its options that the arrays decide. */
export interface LayoutMixer {
  readonly mixer: string;
  readonly options: Readonly<Record<string, unknown>>;
}

/** How tensors brought from elsewhere are named and shaped, head axes left out where there is one head. */
export const layouts: Readonly<Record<string, (arrays: Arrays) => LayoutMixer>> = {
  /** Linear attention: KQ (head, D, D), OV (head, D). */
  merged: (arrays) => linear("merged", extentOf(arrays, "KQ", 3)),
  /** Linear attention: K, Q, V (head, D, D), P (head, D), the row of the output projection that writes the label. */
  factored: (arrays) => linear("factored", extentOf(arrays, "K", 3)),
  /** Softmax attention, in either form. */
  softmax(arrays) {
    const [weights, name] = arrays.arrays.has("K") ? ["factored", "K"] : ["merged", "KQ"];
    return { mixer: "softmax-attention", options: { weights, heads: extentOf(arrays, name!, 3) } };
  },
  /** A stack of linear attention, each layer its own: KQ, PV or K, Q, V, P (layer, head, D, D). */
  stack(arrays) {
    const [weights, name] = arrays.arrays.has("K") ? ["factored", "K"] : ["merged", "KQ"];
    const shape = arrays.arrays.get(name!)?.shape ?? [];
    const heads = shape.length === 4 ? shape[1]! : 1;
    return { mixer: "stack", options: { weights, depth: extentOf(arrays, name!, Math.max(3, shape.length)), heads } };
  },
};

/** @throws WeightsError for a name that is no layout */
export function layoutMixer(name: string, arrays: Arrays): LayoutMixer {
  const layout = Object.hasOwn(layouts, name) ? layouts[name] : undefined;
  if (!layout) throw new WeightsError(unknownName(`${name} is no layout`, Object.keys(layouts), name));
  return layout(arrays);
}

const linear = (weights: string, heads: number): LayoutMixer => ({
  mixer: "linear-attention",
  options: { weights, heads },
});

/** The first extent of a tensor with that many axes; 1 where the tensor has fewer, or is missing (which is told later). */
function extentOf({ arrays }: Arrays, name: string, rank: number): number {
  const shape = arrays.get(name)?.shape;
  return shape?.length === rank && shape[0]! > 0 ? shape[0]! : 1;
}
