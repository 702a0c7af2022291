/**
 * Forward values where the reverse needs them. While the reverse is fused they are simply there. In a loop that runs
 * backwards they are recomputed if that is cheap and else stored by the forward loop, one element an iteration.
 */
import { linearIndex, load, type PrivateArray, type Stored, storedOver } from "./array.js";
import type { Frame, Pair } from "./frame.js";
import { graph } from "./graph.js";
import { Loop } from "./loop.js";
import type { Node, Owner, Scope, U32 } from "./node.js";
import { addWord, mulWord } from "./words.js";

/** Recomputing more than about this many operations costs more than a store and a load. */
const worthStoring = 8;
const dear: Readonly<Record<string, number>> = { div: 4, sqrt: 4, exp: 20, log: 20, sin: 20, cos: 20 };
const onlyStored = new Set(["carried", "result", "projection"]);

/** `node`'s value in the frame that is being built. */
export function recall(frame: Frame, node: Node): Node {
  const level = frame.pairs.findIndex(({ loop }) => loop === node.scope);
  if (level < 0) return node;
  const known = frame.values.get(node);
  if (known) return known;
  const value = found(frame, node, level);
  frame.values.set(node, value);
  return value;
}

function found(frame: Frame, node: Node, level: number): Node {
  const pair = frame.pairs[level] as Pair;
  if (node.op === "index") return node.owner === pair.loop ? pair.reversed.index : node;
  if (onlyStored.has(node.op)) return stored(frame, node, level);
  if (node.op === "load") return loaded(frame, node.owner as PrivateArray, recall(frame, node.args[0] as Node));
  if (node.type !== "bool" && cost(node, frame.pairs, new Map()) > worthStoring) return stored(frame, node, level);
  const args = node.args.map((arg) => recall(frame, arg));
  return graph().node(node.op, node.type, args, node.immediate, node.owner);
}

/** Operations that recomputing `node` would take, shared subexpressions counted once. */
function cost(node: Node, pairs: readonly Pair[], seen: Map<Node, true>): number {
  if (seen.has(node) || !pairs.some(({ loop }) => loop === node.scope)) return 0;
  seen.set(node, true);
  if (onlyStored.has(node.op)) return 1;
  if (node.uniform) return 0;
  return node.args.reduce((sum, arg) => sum + cost(arg, pairs, seen), dear[node.op] ?? 1);
}

/** Where the forward loops down to `level` are, in the frame being built. */
const position = (pairs: readonly Pair[], level: number): U32 =>
  linearIndex(
    pairs.slice(0, level + 1).map(({ reversed }) => reversed.index),
    pairs.slice(0, level + 1).map(({ loop }) => loop.bound),
  );

const outside = (pairs: readonly Pair[]): Scope => (pairs[0] as Pair).loop.parent;
const nest = (pairs: readonly Pair[], level: number): readonly Loop[] =>
  pairs.slice(0, level + 1).map(({ loop }) => loop);

function stored(frame: Frame, node: Node, level: number): Node {
  const { pairs } = frame;
  return load(storedOver(outside(pairs), nest(pairs, level), [node]), position(pairs, level));
}

/** Element `index` of a forward array: itself where it outlives the reversed loops, else its copy for all iterations. */
function loaded(frame: Frame, array: PrivateArray, index: Node): Node {
  const { pairs } = frame;
  const level = pairs.findIndex(({ loop }) => loop === array.home);
  if (level < 0) return load(array, index as Node<"u32">);
  const start = mulWord(position(pairs, level), array.length);
  return load(forAllIterations(array, pairs, level), addWord(start, index as Node<"u32">));
}

function forAllIterations(array: PrivateArray, pairs: readonly Pair[], level: number): Stored {
  const around = nest(pairs, level);
  if (array.kind === "stored") return storedOver(outside(pairs), [...around, ...array.nest], array.sources);
  const copy = graph().owned<Owner & Loop>(`copy of array ${array.id}`, () => new Loop(array.length, null, array.home));
  return storedOver(outside(pairs), [...around, copy], [load(array, copy.index)]);
}
