/** Turns a schedule into the statements of a C-like language; JavaScript and WGSL differ in a `Dialect` only. */
import { elementType, type PrivateArray, type State } from "./array.js";
import type { Loop } from "./loop.js";
import type { Node, Scope, Type } from "./node.js";
import { type Elementary, isElementary } from "./operations.js";
import type { Outlined } from "./outlined.js";
import type { Item, LoopPlan, Plan } from "./schedule.js";
import { type Joining, type Shared, sharedLoops } from "./shared-loops.js";

/** One language to write in. Expressions are parenthesised by whoever makes them. */
export interface Dialect {
  readonly operations: Readonly<Record<Elementary, (args: readonly string[], literal: number) => string>>;
  /** Constants and inputs: constant, parameter, setting, table, key, prompt. */
  leaf(node: Node, args: readonly string[]): string;
  constant(type: Type, name: string, value: string): string;
  variable(type: Type, name: string, value: string): string;
  loopHead(index: string, bound: number, length: string | null, descending: boolean): string;
  /** A call of an outlined function: its statements, and the expressions of its results. */
  call(
    of: Outlined,
    name: string,
    args: readonly string[],
  ): { readonly lines: readonly string[]; readonly results: readonly string[] };
  element(memory: string, index: string, type: "f32" | "u32"): string;
  /** Element of a carried array: of the content before (or after) an iteration, or of what it leaves. */
  stateElement(state: State, which: "before" | "next", index: string): string;
  /** Statements before the loop (without the initial copy) and at the end of every iteration. */
  openState(state: State): readonly string[];
  swapState(state: State): readonly string[];
  /** Where several lanes share an outermost loop: its head, and what joins a carried scalar of all lanes after it. */
  readonly shares?: {
    head(index: string, bound: number, length: string | null): string;
    joined(name: string, joining: Joining): string;
  };
}

/** Where the names of a scope's values live; JavaScript gives large scopes memory of their own. */
export interface Placement {
  /** Null: local variables. Else an expression for the next free cell. */
  cell(scope: Scope): string | null;
}

export class TextWriter {
  readonly #names = new Map<Node, string>();
  readonly #nextOf = new Map<PrivateArray, State>();
  readonly #shared: ReadonlyMap<Loop, Shared>;

  constructor(
    readonly dialect: Dialect,
    readonly plan: Plan,
    readonly placement: Placement = { cell: () => null },
  ) {
    for (const state of plan.states) this.#nextOf.set(state.next, state);
    this.#shared = dialect.shares ? sharedLoops(plan) : new Map();
  }

  expression(node: Node): string {
    const name = this.#names.get(node);
    if (name === undefined) throw new Error(`The node ${node.op} was not scheduled.`);
    return name;
  }

  bind(node: Node, expression: string): void {
    this.#names.set(node, expression);
  }

  /** The statements of a list of items, in order, one string a statement (a loop is one). */
  statements(items: readonly Item[], join: (scope: Loop, body: readonly string[]) => string): readonly string[] {
    return items.flatMap((item) => {
      if (item.kind === "value") return this.#value(item.node);
      if (item.kind === "loop") return this.#loop(item.plan, join);
      if (item.kind === "clear") {
        const { array } = item;
        return [this.each(`z${array.id}`, array.length, (i) => `${this.element(array, i)} = ${this.#zero};`)];
      }
      if (item.kind === "store") {
        const { array } = item;
        const at = this.#storeIndex(array.nest);
        return array.sources.map((source, c) => {
          const index = this.#affine(at, array.sources.length, c);
          return `${this.element(array, index)} = ${this.expression(source)};`;
        });
      }
      const { array, index, value } = item.contribution;
      return [`${this.element(array, this.expression(index))} += ${this.expression(value)};`];
    });
  }

  /** Element of an array at an index expression. */
  element(array: PrivateArray, index: string): string {
    const next = this.#nextOf.get(array);
    if (next) return this.dialect.stateElement(next, "next", index);
    if (array.kind === "before" || array.kind === "after")
      return this.dialect.stateElement(array.state, "before", index);
    return this.dialect.element(memoryName(array), index, elementType(array));
  }

  /** A loop over `length` elements with one statement. */
  each(name: string, length: number, statement: (index: string) => string): string {
    return `${this.dialect.loopHead(name, length, null, false)} ${statement(name)} }`;
  }

  get #zero(): string {
    return this.dialect.leaf({ op: "constant", type: "f32", immediate: 0 } as Node, []);
  }

  #storeIndex(nest: readonly Loop[]): string {
    const { operations } = this.dialect;
    return nest.reduce((at, loop) => {
      const index = this.expression(loop.index);
      if (at === "") return index;
      return operations.addWord([operations.mulWord([at, this.#word(loop.bound)], 0), index], 0);
    }, "");
  }

  #word(value: number): string {
    return this.dialect.leaf({ op: "constant", type: "u32", immediate: value } as Node, []);
  }

  #affine(at: string, width: number, c: number): string {
    const { operations } = this.dialect;
    const scaled = width === 1 ? at : operations.mulWord([at, this.#word(width)], 0);
    return c === 0 ? scaled : operations.addWord([scaled, this.#word(c)], 0);
  }

  #value(node: Node): readonly string[] {
    const { dialect } = this;
    if (this.#names.has(node)) return [];
    const args = node.args.map((arg) => (arg.type === "tuple" ? "" : this.expression(arg)));
    if (node.op === "call") {
      const { lines, results } = dialect.call(node.owner as Outlined, `c${node.id}`, args);
      const kept = results.map((result) => ({ result, cell: this.placement.cell(node.scope) }));
      this.#calls.set(
        node,
        kept.map(({ result, cell }) => cell ?? result),
      );
      return [[...lines, ...kept.flatMap(({ result, cell }) => (cell ? [`${cell} = ${result};`] : []))].join("\n")];
    }
    if (node.op === "projection")
      return this.#define(node, (this.#calls.get(node.args[0]!) as readonly string[])[node.immediate] as string);
    if (node.op === "load") return this.#define(node, this.element(node.owner as PrivateArray, args[0] as string));
    const text = isElementary(node.op) ? dialect.operations[node.op](args, node.immediate) : dialect.leaf(node, args);
    return this.#define(node, text);
  }

  readonly #calls = new Map<Node, readonly string[]>();

  /** Values used once stay expressions; others get a name. */
  #define(node: Node, text: string): readonly string[] {
    if (node.op === "constant" || this.plan.uses.get(node) === 1) {
      this.bind(node, text);
      return [];
    }
    const cell = this.placement.cell(node.scope);
    this.bind(node, cell ?? `v${node.id}`);
    return [cell ? `${cell} = ${text};` : this.dialect.constant(node.type, `v${node.id}`, text)];
  }

  #loop(plan: LoopPlan, join: (scope: Loop, body: readonly string[]) => string): readonly string[] {
    const { loop, carried, states } = plan;
    const { dialect } = this;
    const before: string[] = [];
    for (const k of carried) {
      const { init, now } = loop.carried[k]!;
      const cell = this.placement.cell(loop) ?? this.placement.cell(loop.parent);
      const name = cell ?? `p${loop.id}_${k}`;
      const value = this.expression(init);
      before.push(cell ? `${cell} = ${value};` : dialect.variable(init.type, name, value));
      this.bind(now, name);
      this.bind(loop.result(k), name);
    }
    for (const state of states) {
      before.push(...dialect.openState(state));
      before.push(
        this.each(
          `z${state.before.id}`,
          state.init.length,
          (i) => `${dialect.stateElement(state, "before", i)} = ${this.element(state.init, i)};`,
        ),
      );
    }
    const index = `i${loop.id}`;
    const cell = this.placement.cell(loop);
    this.bind(loop.index, cell ?? index);
    const body = [...this.statements(plan.items, join)];
    const moved = carried.filter((k) => loop.carried[k]!.next !== loop.carried[k]!.now);
    for (const k of moved) {
      const { next } = loop.carried[k]!;
      const held = this.placement.cell(loop);
      const value = this.expression(next);
      const target = this.expression(loop.carried[k]!.now);
      if (moved.length === 1) body.push(`${target} = ${value};`);
      else {
        body.push(held ? `${held} = ${value};` : dialect.constant(next.type, `q${loop.id}_${k}`, value));
        this.#held.set(target, held ?? `q${loop.id}_${k}`);
      }
    }
    if (moved.length > 1)
      for (const k of moved) {
        const target = this.expression(loop.carried[k]!.now);
        body.push(`${target} = ${this.#held.get(target)};`);
      }
    for (const state of states) body.push(...dialect.swapState(state));
    const length = loop.length && this.expression(loop.length);
    const shared = this.#shared.get(loop);
    const head = shared
      ? dialect.shares!.head(index, loop.bound, length)
      : dialect.loopHead(index, loop.bound, length, loop.descending);
    const place = cell ? `${cell} = ${index};\n` : "";
    const joined = [...(shared ?? [])].map(([k, how]) => dialect.shares!.joined(this.expression(loop.result(k)), how));
    return [...before, `${head}\n${place}${join(loop, body)}\n}`, ...joined];
  }

  readonly #held = new Map<string, string>();
}

export const memoryName = (array: PrivateArray): string => `a${array.id}`;
