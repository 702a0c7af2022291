import { add } from "./arithmetic.js";
import { type Accumulated, accumulated, contribute, load, type PrivateArray } from "./array.js";
import type { Vertex } from "./dependence.js";
import { graph } from "./graph.js";
import { type Loop, openLoop } from "./loop.js";
import type { Node, Scope } from "./node.js";

type Real = Node<"f32">;

/** A loop of the forward pass and the loop that runs it again, backwards. */
export interface Pair {
  readonly loop: Loop;
  readonly reversed: Loop;
}

/**
 * The reverse of one scope: `source` is the scope of the forward pass, `target` where its reverse is built (the same
 * scope where the reverse is fused into the forward loop). Adjoints of values of outer scopes wait in `outside`.
 */
export class Frame {
  readonly adjoints = new Map<Node, Real>();
  readonly outside = new Map<Node, Real>();
  readonly arrays = new Map<PrivateArray, PrivateArray>();
  readonly values = new Map<Node, Node>();

  constructor(
    readonly active: ReadonlySet<Vertex>,
    readonly source: Scope,
    readonly target: Scope,
    readonly outer: Frame | null,
    /** The reversed loops around, outermost first; none while everything around is fused. */
    readonly pairs: readonly Pair[],
  ) {}

  /** Adds `adjoint` to the adjoint of a forward value. */
  add(to: Node, adjoint: Real): void {
    if (!this.active.has(to) || (adjoint.op === "constant" && adjoint.immediate === 0)) return;
    const map = to.scope === this.source ? this.adjoints : this.outside;
    const before = map.get(to);
    map.set(to, before ? add(before, adjoint) : adjoint);
  }

  /** The frame of the scope that an array belongs to. */
  home(array: PrivateArray): Frame {
    let frame: Frame | null = this;
    while (frame && frame.source !== array.home) frame = frame.outer;
    if (!frame) throw new Error("A private array is read outside of its scope.");
    return frame;
  }

  /** The adjoint of an array as a sum that can be added to. */
  sum(of: PrivateArray): Accumulated {
    const { arrays, target } = this.home(of);
    const known = arrays.get(of);
    if (known?.kind === "accumulated") return known;
    const sum = accumulated(of.length, target);
    arrays.set(of, sum);
    if (known) contributeAll(sum, target, known);
    return sum;
  }
}

/** Adds all elements of `from` to `sum`, once every time `scope` runs. */
export function contributeAll(sum: Accumulated, scope: Scope, from: PrivateArray): void {
  graph().inside(scope, () => {
    const each = openLoop(from.length);
    contribute(sum, each, each.index, load(from, each.index));
  });
}
