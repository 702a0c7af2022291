import {
  type Accumulated,
  accumulated,
  carryArray,
  contribute,
  load,
  type PrivateArray,
  type State,
  type Stored,
  storedOver,
} from "./array.js";
import { Graph, graph, traceInto } from "./graph.js";
import { type Carried, Loop } from "./loop.js";
import type { Node, Scope } from "./node.js";
import type { Outlined } from "./outlined.js";
import type { Output, Traced } from "./program.js";

/** What to put for a node whose arguments are already rewritten; null keeps the operation. */
export type Rule = (node: Node, args: readonly Node[]) => Node | null;

/** A copy of a traced program with every node replaced by what `rule` says. Only what the outputs need is copied. */
export function rewrite(traced: Traced, rule: Rule): Traced {
  const copy = new Graph(traced.graph.options);
  return traceInto(copy, () => {
    const copying = new Copy(traced.graph, rule);
    const outputs = traced.outputs.map((output) => copying.output(output));
    copying.finish();
    return { ...traced, graph: copy, outputs };
  });
}

class Copy {
  readonly #scopes = new Map<Scope, Scope>();
  readonly #nodes = new Map<Node, Node>();
  readonly #carried = new Map<Carried, { readonly copy: Carried; readonly k: number }>();
  readonly #arrays = new Map<PrivateArray, PrivateArray>();
  readonly #outlined = new Map<Outlined, Outlined>();
  /** What closes a cycle (a loop's next values, sums) waits until everything it may refer to exists. */
  readonly #later: (() => void)[] = [];

  constructor(
    from: Graph,
    readonly rule: Rule,
  ) {
    this.#scopes.set(from.top, graph().top);
  }

  output(output: Output): Output {
    if (typeof output === "number") return output;
    if ("op" in output) return this.node(output);
    const scale = typeof output.scale === "number" ? output.scale : this.node(output.scale);
    return { array: this.array(output.array), scale };
  }

  finish(): void {
    for (let step = this.#later.shift(); step; step = this.#later.shift()) step();
  }

  node<N extends Node>(node: N): N {
    const known = this.#nodes.get(node);
    if (known) return known as N;
    const made = this.#made(node);
    this.#nodes.set(node, made);
    return made as N;
  }

  #made(node: Node): Node {
    if (node.op === "index") return this.loop(node.owner as Loop).index;
    if (node.op === "carried") return this.#carry(node).copy.now;
    if (node.op === "result") return this.loop(node.owner as Loop).result(this.#carry(node).k);
    if (node.op === "load") {
      const array = this.array(node.owner as PrivateArray);
      return load(array, this.node(node.args[0] as Node<"u32">));
    }
    const args = node.args.map((arg) => this.node(arg));
    const owner = node.op === "call" ? this.#function(node.owner as Outlined) : node.owner;
    return this.rule(node, args) ?? graph().node(node.op, node.type, args, node.immediate, owner);
  }

  #carry(node: Node): { readonly copy: Carried; readonly k: number } {
    const of = (node.owner as Loop).carried[node.immediate] as Carried;
    const known = this.#carried.get(of);
    if (known) return known;
    const loop = this.loop(node.owner as Loop);
    const copy = loop.carry(this.node(of.init));
    const made = { copy, k: loop.carried.length - 1 };
    this.#carried.set(of, made);
    this.#later.push(() => {
      copy.next = this.node(of.next);
    });
    return made;
  }

  #scope(scope: Scope): Scope {
    return this.#scopes.get(scope) ?? this.loop(scope as Loop);
  }

  loop(loop: Loop): Loop {
    const known = this.#scopes.get(loop);
    if (known) return known as Loop;
    const parent = this.#scope(loop.parent);
    const made = new Loop(loop.bound, loop.length && this.node(loop.length), parent, loop.descending);
    this.#scopes.set(loop, made);
    return made;
  }

  array(array: PrivateArray): PrivateArray {
    const known = this.#arrays.get(array);
    if (known) return known;
    if (array.kind === "stored") this.#arrays.set(array, this.#stored(array));
    else if (array.kind === "accumulated") this.#arrays.set(array, this.#sum(array));
    else this.#state(array.state);
    return this.#arrays.get(array) as PrivateArray;
  }

  #stored({ home, nest, sources }: Stored): PrivateArray {
    const loops = nest.map((loop) => this.loop(loop));
    return storedOver(
      this.#scope(home),
      loops,
      sources.map((source) => this.node(source)),
    );
  }

  #sum({ length, home, contributions }: Accumulated): PrivateArray {
    const sum = accumulated(length, this.#scope(home));
    this.#later.push(() => {
      for (const { scope, index, value } of contributions)
        contribute(sum, this.#scope(scope), this.node(index), this.node(value));
    });
    return sum;
  }

  #state(state: State): void {
    const copy = carryArray(this.loop(state.loop), this.array(state.init));
    this.#arrays.set(state.before, copy.before);
    this.#arrays.set(state.after, copy.after);
    this.#later.push(() => {
      copy.next = this.array(state.next);
    });
  }

  #function(of: Outlined): Outlined {
    const known = this.#outlined.get(of);
    if (known) return known;
    const made: Outlined = { id: graph().id(), name: of.name, parameters: [], results: [] };
    const parameters = of.parameters.map((parameter, k) => {
      const argument = graph().node("argument", "u32", [], k, made);
      this.#nodes.set(parameter, argument);
      return argument;
    });
    this.#outlined.set(of, made);
    return Object.assign(made, { parameters, results: of.results.map((result) => this.node(result)) });
  }
}
