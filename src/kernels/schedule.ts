/**
 * The order of emission, shared by all emitters: what is live, in which scope it is computed and in which order, and
 * how often each value is used.
 */
import type { Accumulated, Contribution, PrivateArray, State, Stored } from "./array.js";
import { outermost } from "./dependence.js";
import type { Loop } from "./loop.js";
import type { Node, Scope } from "./node.js";

export type Item =
  | { readonly kind: "value"; readonly node: Node }
  | { readonly kind: "loop"; readonly plan: LoopPlan }
  /** Sets a sum to zero before anything is added to it. */
  | { readonly kind: "clear"; readonly array: Accumulated }
  | { readonly kind: "store"; readonly array: Stored }
  | { readonly kind: "contribute"; readonly contribution: Contribution };

export interface LoopPlan {
  readonly loop: Loop;
  /** The carried scalars that are needed, by number. */
  readonly carried: readonly number[];
  readonly states: readonly State[];
  readonly items: readonly Item[];
}

export interface Plan {
  readonly items: readonly Item[];
  /** Private arrays that are live; an array that is the `next` of a state shares that state's memory. */
  readonly arrays: readonly PrivateArray[];
  readonly states: readonly State[];
  /** Uses of a value. A use in a deeper scope counts twice: the value is worth a name. */
  readonly uses: ReadonlyMap<Node, number>;
}

/** Live parts of one loop, or of the top scope. */
interface Parts {
  readonly carried: Set<number>;
  readonly states: Set<State>;
  /** Stores, contributions and inner loops that are there for their effect on arrays. */
  readonly effects: Set<Stored | Contribution | Loop>;
}

export function schedule(roots: readonly Node[], arrays: readonly PrivateArray[]): Plan {
  const live = new Live();
  for (const root of roots) live.need(root, null);
  for (const array of arrays) live.array(array);
  live.finish();
  return new Ordering(live).plan(roots, arrays);
}

class Live {
  readonly uses = new Map<Node, number>();
  readonly arrays = new Set<PrivateArray>();
  readonly #nodes = new Set<Node>();
  readonly #parts = new Map<Loop, Parts>();
  readonly #waiting: Node[] = [];

  parts(loop: Loop): Parts {
    const known = this.#parts.get(loop);
    if (known) return known;
    const made: Parts = { carried: new Set(), states: new Set(), effects: new Set() };
    this.#parts.set(loop, made);
    if (loop.length) this.need(loop.length, null);
    return made;
  }

  /** Records a use of `node` by something computed in `scope`; null: a use that needs the value by name. */
  need(node: Node, scope: Scope | null): void {
    this.uses.set(node, (this.uses.get(node) ?? 0) + (scope === node.scope ? 1 : 2));
    this.#waiting.push(node);
  }

  finish(): void {
    for (let node = this.#waiting.pop(); node; node = this.#waiting.pop()) {
      if (this.#nodes.has(node)) continue;
      this.#nodes.add(node);
      for (const arg of node.args) this.need(arg, node.scope);
      if (node.op === "load") this.array(node.owner as PrivateArray);
      if (node.op === "index") this.parts(node.owner as Loop);
      if (node.op === "carried" || node.op === "result") this.#carry(node.owner as Loop, node.immediate);
    }
  }

  #carry(loop: Loop, k: number): void {
    const { carried } = this.parts(loop);
    if (carried.has(k)) return;
    carried.add(k);
    const { init, next } = loop.carried[k]!;
    this.need(init, loop.parent);
    this.need(next, loop);
  }

  array(array: PrivateArray): void {
    if (this.arrays.has(array)) return;
    this.arrays.add(array);
    if (array.kind === "stored") {
      const innermost = array.nest.at(-1)!;
      for (const source of array.sources) this.need(source, innermost);
      this.#effect(array, innermost, array.home);
    } else if (array.kind === "accumulated") {
      for (const made of array.contributions) {
        this.need(made.index, made.scope);
        this.need(made.value, made.scope);
        this.#effect(made, made.scope, array.home);
      }
    } else {
      this.parts(array.state.loop).states.add(array.state);
      this.array(array.state.init);
      this.array(array.state.next);
    }
  }

  /** Marks the loops from `scope` outwards to `home` as needed for an effect. */
  #effect(effect: Stored | Contribution, scope: Scope, home: Scope): void {
    let inner: Stored | Contribution | Loop = effect;
    for (let at = scope; at !== home; at = (at as Loop).parent) {
      this.parts(at as Loop).effects.add(inner);
      inner = at as Loop;
    }
  }
}

class Ordering {
  readonly #lists = new Map<Scope, Item[]>();
  readonly #seen = new Set<Node | Loop | Accumulated | Contribution>();
  readonly #states: State[] = [];

  constructor(readonly live: Live) {}

  plan(roots: readonly Node[], arrays: readonly PrivateArray[]): Plan {
    for (const root of roots) this.#node(root);
    for (const array of arrays) this.#array(array);
    const items = [...this.#lists].find(([scope]) => scope.depth === 0)?.[1] ?? [];
    return { items, arrays: [...this.live.arrays], states: this.#states, uses: this.live.uses };
  }

  #list(scope: Scope): Item[] {
    const known = this.#lists.get(scope);
    if (known) return known;
    const made: Item[] = [];
    this.#lists.set(scope, made);
    return made;
  }

  #once(key: Node | Loop | Accumulated | Contribution): boolean {
    if (this.#seen.has(key)) return false;
    this.#seen.add(key);
    return true;
  }

  #node(node: Node): void {
    if (!this.#once(node)) return;
    if (node.op === "result") this.#loop(node.owner as Loop);
    if (node.op === "load") this.#array(node.owner as PrivateArray);
    for (const arg of node.args) this.#node(arg);
    this.#list(node.scope).push({ kind: "value", node });
  }

  #array(array: PrivateArray): void {
    if (array.kind === "stored") this.#loop(array.nest[0]!);
    if (array.kind === "after") this.#loop(array.state.loop);
    if (array.kind !== "accumulated") return;
    this.#clear(array);
    for (const made of array.contributions) {
      if (made.scope === array.home) this.#contribution(made);
      for (const loop of outermost(made.scope, array.home)) this.#loop(loop);
    }
  }

  #clear(array: Accumulated): void {
    if (this.#once(array)) this.#list(array.home).push({ kind: "clear", array });
  }

  #contribution(made: Contribution): void {
    if (!this.#once(made)) return;
    this.#clear(made.array);
    this.#node(made.index);
    this.#node(made.value);
    this.#list(made.scope).push({ kind: "contribute", contribution: made });
  }

  #loop(loop: Loop): void {
    if (!this.#once(loop)) return;
    const { carried, states, effects } = this.live.parts(loop);
    const numbers = [...carried].sort((a, b) => a - b);
    if (loop.length) this.#node(loop.length);
    for (const k of numbers) this.#node(loop.carried[k]!.init);
    for (const { init } of states) this.#array(init);
    for (const effect of effects) this.#effect(effect, loop);
    for (const k of numbers) this.#node(loop.carried[k]!.next);
    for (const { next } of states) this.#array(next);
    this.#states.push(...states);
    const items = this.#list(loop);
    this.#list(loop.parent).push({ kind: "loop", plan: { loop, carried: numbers, states: [...states], items } });
  }

  #effect(effect: Stored | Contribution | Loop, loop: Loop): void {
    if ("bound" in effect) this.#loop(effect);
    else if ("sources" in effect) {
      for (const source of effect.sources) this.#node(source);
      this.#list(loop).push({ kind: "store", array: effect });
    } else this.#contribution(effect);
  }
}
