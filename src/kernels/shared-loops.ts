/** Loops whose iterations several lanes may share out among each other, as GPUs' lanes that hold one prompt together do. */
import type { PrivateArray } from "./array.js";
import { ingredients, type Vertex } from "./dependence.js";
import type { Loop } from "./loop.js";
import type { Node } from "./node.js";
import type { Item, LoopPlan, Plan } from "./schedule.js";

/** How what the lanes carry comes together after a loop. */
export type Joining = "add" | "max";

/** The joining of each carried scalar that a plan needs, by its number. */
export type Shared = ReadonlyMap<number, Joining>;

/**
 * The loops of a plan that lanes can share: outermost ones that carry sums from 0 and maxima only, whatever their order,
 * and leave nothing behind that another lane would read. An array that such a loop stores is read by the same iterations
 * of other shared loops alone, so that each lane has the elements it reads.
 */
export function sharedLoops(plan: Plan): ReadonlyMap<Loop, Shared> {
  const found = new Map<Loop, Shared>();
  for (const item of plan.items) {
    if (item.kind !== "loop") continue;
    const joinings = joiningsOf(item.plan);
    if (joinings && item.plan.items.every((inner) => staysInside(inner, item.plan.loop)))
      found.set(item.plan.loop, joinings);
  }
  const loads = loadsOf(plan.items);
  const misread = (loop: Loop): boolean =>
    loop.stores.some((array) => loads.some((load) => load.owner === array && !readsItsOwn(load, array, found)));
  for (let before = -1; before !== found.size; ) {
    before = found.size;
    for (const loop of [...found.keys()]) if (misread(loop)) found.delete(loop);
  }
  return found;
}

/** How each carried scalar is joined; null where one is neither a sum from 0 nor a maximum. */
function joiningsOf({ loop, carried, states }: LoopPlan): Shared | null {
  if (states.length > 0) return null;
  const joinings = new Map<number, Joining>();
  for (const k of carried) {
    const { init, now, next } = loop.carried[k]!;
    const sum = next.op === "add" && init.op === "constant" && init.immediate === 0;
    if (!(sum || next.op === "max") || !next.args.includes(now)) return null;
    const term = next.args.find((arg) => arg !== now);
    if (term === undefined || carries(term, loop)) return null;
    joinings.set(k, sum ? "add" : "max");
  }
  return joinings;
}

/** Whether a value of a loop's body depends on what the loop carries. */
function carries(value: Node, loop: Loop): boolean {
  const seen = new Set<Vertex>([value]);
  const waiting: Vertex[] = [value];
  for (let at = waiting.pop(); at; at = waiting.pop()) {
    if ("op" in at && at.op === "carried" && at.owner === loop) return true;
    for (const from of ingredients(at))
      if (!seen.has(from)) {
        seen.add(from);
        waiting.push(from);
      }
  }
  return false;
}

/** Whether an item of a loop's body changes nothing outside of the loop but an array of the loop's own iterations. */
function staysInside(item: Item, loop: Loop): boolean {
  if (item.kind === "value" || item.kind === "clear") return true;
  if (item.kind === "loop") return item.plan.items.every((inner) => staysInside(inner, loop));
  if (item.kind === "store")
    return item.array.home.depth > 0 || (item.array.nest.length === 1 && item.array.nest[0] === loop);
  return item.contribution.array.home.depth > 0;
}

function loadsOf(items: readonly Item[]): readonly Node[] {
  return items.flatMap((item) => {
    if (item.kind === "loop") return loadsOf(item.plan.items);
    return item.kind === "value" && item.node.op === "load" ? [item.node] : [];
  });
}

/** Whether iteration i of a shared loop reads what iteration i of the storing loop left: elements i width + c. */
function readsItsOwn(load: Node, array: PrivateArray, shared: ReadonlyMap<Loop, Shared>): boolean {
  if (array.kind !== "stored") return false;
  const writer = array.nest[0]!;
  const reader = load.scope as Loop;
  if (!shared.has(reader) || reader.bound !== writer.bound || reader.length !== writer.length) return false;
  return isIteration(load.args[0]!, reader, array.sources.length);
}

function isIteration(index: Node, { index: i }: Loop, width: number): boolean {
  const isConstant = (node: Node, below: number): boolean => node.op === "constant" && node.immediate < below;
  const isScaled = (node: Node): boolean => {
    if (width === 1) return node === i;
    const [a, b] = node.args;
    return (
      node.op === "mulWord" && [a, b].includes(i) && [a, b].some((x) => x?.op === "constant" && x.immediate === width)
    );
  };
  if (isScaled(index)) return true;
  const [a, b] = index.args;
  return index.op === "addWord" && ((isScaled(a!) && isConstant(b!, width)) || (isScaled(b!) && isConstant(a!, width)));
}
