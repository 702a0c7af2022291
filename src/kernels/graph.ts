import { type Node, type Owner, type Scope, type Type, within } from "./node.js";
import { operations } from "./operations.js";

const uniformWords = new Set(["addWord", "subWord", "mulWord", "and", "or", "xor", "shiftLeft", "shiftRight"]);
const uniformLeaves = new Set(["constant", "index", "key"]);

/** How a program is traced. */
export interface GraphOptions {
  /** Vectors up to this length become scalars of their own; longer ones roll into loops over private arrays. */
  readonly unroll: number;
  /** Draws become calls of shared functions instead of being written out. */
  readonly outline: boolean;
}

/**
 * A graph under construction. Nodes are hash-consed: the same operation on the same arguments is the same node, so
 * that common subexpressions, loop-invariant code and dead code need no passes of their own.
 */
export class Graph {
  readonly top: Scope = { depth: 0, parent: null };
  /** The scope in which the text is being traced: effects (draws, contributions) belong to it. */
  scope: Scope = this.top;
  readonly #nodes = new Map<string, Node>();
  readonly #owned = new Map<string, Owner>();
  #ids = 0;

  constructor(readonly options: GraphOptions) {}

  id(): number {
    this.#ids += 1;
    return this.#ids;
  }

  constant<T extends "f32" | "u32">(value: number, type: T): Node<T> {
    return this.node("constant", type, [], type === "u32" ? value >>> 0 : value);
  }

  /** The node of that description, in the deepest scope of its arguments and `scope`.
   *  @throws if an argument belongs to a loop that is already closed. */
  node<T extends Type>(
    op: string,
    type: T,
    args: readonly Node[],
    immediate = 0,
    owner: Owner | null = null,
    scope: Scope = this.top,
  ): Node<T> {
    const literal = Object.is(immediate, -0) ? "-0" : String(immediate);
    const name = `${op} ${type} ${args.map((arg) => arg.id).join()} ${literal} ${owner?.id ?? ""}`;
    const known = this.#nodes.get(name);
    if (known) return known as Node<T>;
    const at = args.reduce((deepest, arg) => inner(deepest, arg.scope, op), scope);
    const uniform =
      type === "u32" && (uniformLeaves.has(op) || (uniformWords.has(op) && args.every((arg) => arg.uniform)));
    const made: Node<T> = { id: this.id(), op, type, args, immediate, owner, scope: at, uniform };
    this.#nodes.set(name, made);
    return made;
  }

  /** An elementary operation, folded where all arguments are constants. */
  apply<T extends Type>(op: keyof typeof operations, args: readonly Node[], immediate = 0): Node<T> {
    const { gives, of } = operations[op];
    const fold = gives !== "bool" && op !== "stop" && args.every((arg) => arg.op === "constant");
    if (fold) {
      const value = of(...args.map((arg) => arg.immediate), immediate);
      return this.constant(value, gives as "f32") as unknown as Node<T>;
    }
    return this.node(op, gives, args, immediate) as Node<T>;
  }

  /** What was made before under the same description, so that equal private arrays are one array. */
  owned<O extends Owner>(description: string, make: () => O): O {
    const known = this.#owned.get(description);
    if (known) return known as O;
    const made = make();
    this.#owned.set(description, made);
    return made;
  }

  /** Runs `build` with another scope as the one being traced. */
  inside<R>(scope: Scope, build: () => R): R {
    const before = this.scope;
    this.scope = scope;
    try {
      return build();
    } finally {
      this.scope = before;
    }
  }
}

function inner(a: Scope, b: Scope, op: string): Scope {
  const [deep, shallow] = a.depth >= b.depth ? [a, b] : [b, a];
  if (!within(deep, shallow))
    throw new Error(
      `An argument of ${op} belongs to the body of another loop; carry or store it to use it outside that loop.`,
    );
  return deep;
}

let tracing: Graph | null = null;

/** The graph that is being traced. @throws outside of a trace. */
export function graph(): Graph {
  if (!tracing) throw new Error("Kernel expressions can only be built inside the body of a kernel program.");
  return tracing;
}

/** Runs `build` with `into` as the graph being traced. */
export function traceInto<R>(into: Graph, build: () => R): R {
  const before = tracing;
  tracing = into;
  try {
    return build();
  } finally {
    tracing = before;
  }
}
