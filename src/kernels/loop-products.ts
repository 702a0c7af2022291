/** What a loop makes, as its reverse sees it. */
import { linearIndex, load, type PrivateArray } from "./array.js";
import { usesCarried } from "./dependence.js";
import type { Frame } from "./frame.js";
import type { Loop } from "./loop.js";
import { type Node, within } from "./node.js";
import { recall } from "./recall.js";

type Real = Node<"f32">;

/** What carried scalar `k` is the sum of, beside its initial value; null where it is not a plain sum. */
export function addedTerms(loop: Loop, k: number): readonly Node[] | null {
  const { now, next } = loop.carried[k]!;
  const without = (node: Node): readonly Node[] | null => {
    if (node === now) return [];
    if (node.op !== "add") return null;
    const [a, b] = node.args as [Node, Node];
    const left = without(a);
    if (left) return [...left, b];
    const right = without(b);
    return right && [a, ...right];
  };
  const terms = without(next);
  return terms?.every((term) => !usesCarried(term, loop)) ? terms : null;
}

/** The nodes that the elements of an array are made of inside `loop`; null where the loop carries the array. */
export function elementsIn(of: PrivateArray, loop: Loop): readonly Node[] | null {
  if (of.kind === "stored") return of.sources;
  if (of.kind !== "accumulated") return null;
  return of.contributions.filter(({ scope }) => within(scope, loop)).map(({ value }) => value);
}

/** The adjoints of values of the frame's own scope that array elements were made of. */
export function elementSeeds(
  frame: Frame,
  of: PrivateArray,
  adjoint: PrivateArray,
): readonly (readonly [Node, Real])[] {
  if (of.kind === "accumulated")
    return of.contributions
      .filter(({ scope }) => scope === frame.source)
      .map(({ index, value }) => [value, load(adjoint, recall(frame, index) as Node<"u32">)]);
  if (of.kind !== "stored" || of.nest.at(-1) !== frame.source) return [];
  const indices = of.nest.map((loop) => recall(frame, loop.index) as Node<"u32">);
  const bounds = of.nest.map((loop) => loop.bound);
  const width = of.sources.length;
  return of.sources.map((source, c) => [source, load(adjoint, linearIndex([...indices, c], [...bounds, width]))]);
}
