/**
 * Private arrays: memory of one prompt. Arrays are values, not variables: each is written by the loops that make it
 * and read only after them, so that programs stay free of order. Reading beyond the end is undefined.
 */
import { real } from "./arithmetic.js";
import { graph } from "./graph.js";
import { type Count, Loop, openLoop } from "./loop.js";
import { type F32, type Node, type Scope, type U32, within } from "./node.js";
import { addWord, mulWord, word } from "./words.js";

/** Element (i1, .., ik, c) is the value of `sources[c]` in iteration (i1, .., ik) of the nested loops `nest`. */
export interface Stored {
  readonly kind: "stored";
  readonly id: number;
  readonly home: Scope;
  readonly length: number;
  readonly nest: readonly Loop[];
  readonly sources: readonly Node[];
}

/** A sum of `value` into element `index`, made once every time `scope` runs. */
export interface Contribution {
  readonly array: Accumulated;
  readonly scope: Scope;
  readonly index: Node<"u32">;
  readonly value: Node<"f32">;
}

/** Zero, and then the sum of contributions. */
export interface Accumulated {
  readonly kind: "accumulated";
  readonly id: number;
  readonly home: Scope;
  readonly length: number;
  readonly contributions: Contribution[];
}

/** An array that a loop carries: its content `before` an iteration, replaced by `next`, and `after` the loop. */
export interface State {
  readonly loop: Loop;
  readonly init: PrivateArray;
  readonly before: StateView;
  readonly after: StateView;
  next: PrivateArray;
}

export interface StateView {
  readonly kind: "before" | "after";
  readonly id: number;
  readonly home: Scope;
  readonly length: number;
  readonly state: State;
}

export type PrivateArray = Stored | Accumulated | StateView;

export const elementType = (array: PrivateArray): "f32" | "u32" =>
  array.kind === "stored" ? ((array.sources[0] as Node).type as "f32" | "u32") : "f32";

/** Element `index` of an array, in the innermost scope of index and array. */
export function load(array: PrivateArray, index: U32): Node<"f32"> {
  return graph().node("load", elementType(array) as "f32", [word(index)], 0, array, array.home);
}

/** i1 * (n2 n3 ..) + i2 * (n3 ..) + ..: where iteration (i1, .., ik) of loops with those bounds lies. */
export function linearIndex(indices: readonly U32[], bounds: readonly number[]): U32 {
  return indices.reduce<U32>((sum, index, level) => addWord(mulWord(sum, bounds[level] as number), index), 0);
}

/** The array of `sources` over a nest of loops, usable in `home`, the scope around the nest. */
export function storedOver(home: Scope, nest: readonly Loop[], sources: readonly Node[]): Stored {
  const description = `stored ${nest.map((made) => made.id).join()} ${sources.map((source) => source.id).join()}`;
  return graph().owned(description, () => {
    const length = nest.reduce((product, made) => product * made.bound, sources.length);
    const made: Stored = { kind: "stored", id: graph().id(), home, length, nest, sources };
    (nest.at(-1) as Loop).stores.push(made);
    return made;
  });
}

/** An array of `length` zeros in `home`, to be summed into. */
export function accumulated(length: number, home: Scope): Accumulated {
  return { kind: "accumulated", id: graph().id(), home, length, contributions: [] };
}

/** Adds `value` to element `index`, once every time `scope` runs. */
export function contribute(array: Accumulated, scope: Scope, index: U32, value: Node<"f32">): void {
  const made: Contribution = { array, scope, index: word(index), value };
  array.contributions.push(made);
  if (scope instanceof Loop) scope.contributions.push(made);
}

/**
 * The array whose elements are `element(i)`; several values an iteration are stored side by side: value c of
 * iteration i is element i * width + c.
 */
export function array(count: Count, element: (index: Node<"u32">) => F32 | readonly F32[]): Stored {
  const home = graph().scope;
  const made = openLoop(count);
  const sources = graph().inside(made, () => [element(made.index)].flat().map((x) => real(x as F32)));
  return storedOver(home, [made], sources);
}

/** Carries an array of the length of `init` through `made`; its `next` is to be set before the loop is closed. */
export function carryArray(made: Loop, init: PrivateArray): State {
  const { length } = init;
  const state = { loop: made, init, next: init } as unknown as { before: StateView; after: StateView } & State;
  Object.assign(state, {
    before: { kind: "before", id: graph().id(), home: made, length, state },
    after: { kind: "after", id: graph().id(), home: made.parent, length, state },
  });
  made.states.push(state);
  return state;
}

/** Sets what an iteration leaves. An array of other scopes, or one that another state takes too, is copied. */
export function setNext(state: State, next: PrivateArray): void {
  if (next.length !== state.init.length)
    throw new Error(`A loop carries an array of ${state.init.length} elements, but its body returned ${next.length}.`);
  const own = next.kind !== "before" && next.kind !== "after" && next.home === state.loop;
  const shared = state.loop.states.some((other) => other !== state && other.next === next);
  state.next =
    own && !shared
      ? next
      : graph().inside(state.loop, () => {
          const copy = openLoop(next.length);
          return storedOver(state.loop, [copy], [load(next, copy.index)]);
        });
}

/** The loops from just inside `outer` down to `scope`. */
export function loopsBetween(outer: Scope, scope: Scope): readonly Loop[] {
  const loops: Loop[] = [];
  for (let at: Scope | null = scope; at && at !== outer; at = at.parent) loops.unshift(at as Loop);
  if (!within(scope, outer)) throw new Error("An array was used outside of the scope that it belongs to.");
  return loops;
}
