import { real } from "./arithmetic.js";
import type { Contribution, State, Stored } from "./array.js";
import { graph } from "./graph.js";
import type { F32, Node, Scope, Type, U32 } from "./node.js";
import { word } from "./words.js";

/** How often a loop runs: a fixed number of times, or `length` times, a number of each prompt's own, at most `most`. */
export type Count = number | { readonly length: U32; readonly most: number };

/** A scalar carried from one iteration to the next: `now` inside the body, `result` after the loop. */
export interface Carried {
  readonly init: Node;
  readonly now: Node;
  next: Node;
}

/**
 * A counted loop under construction. Its iterations run in order of `index`, upwards, or downwards where it is the
 * reverse of another. Iterations at or beyond a prompt's own `length` change nothing for that prompt.
 */
export class Loop {
  readonly id: number;
  readonly depth: number;
  readonly index: Node<"u32">;
  readonly carried: Carried[] = [];
  readonly states: State[] = [];
  /** Arrays whose elements are written in this loop's own body, and sums into arrays made there. */
  readonly stores: Stored[] = [];
  readonly contributions: Contribution[] = [];
  readonly children: Loop[] = [];

  constructor(
    readonly bound: number,
    readonly length: Node<"u32"> | null,
    readonly parent: Scope,
    readonly descending = false,
  ) {
    this.id = graph().id();
    this.depth = parent.depth + 1;
    this.index = graph().node("index", "u32", [], 0, this, this);
    if (parent instanceof Loop) parent.children.push(this);
  }

  /** Adds a carried scalar; its `next` is itself until it is set. */
  carry(init: Node): Carried {
    const now = graph().node("carried", init.type, [], this.carried.length, this, this);
    const carried = { init, now, next: now };
    this.carried.push(carried);
    return carried;
  }

  /** The value of carried scalar `k` after the last iteration. */
  result(k: number): Node {
    return graph().node("result", (this.carried[k] as Carried).init.type as Type, [], k, this, this.parent);
  }

  /** The sum of `term` over the iterations. */
  total(term: Node<"f32">): Node<"f32"> {
    const k = this.carried.length;
    const sum = this.carry(graph().constant(0, "f32"));
    sum.next = graph().inside(this, () => graph().apply("add", [sum.now, term]));
    return this.result(k) as Node<"f32">;
  }
}

/** A loop of that count in the scope that is being traced. @throws if the count is not a whole number in 0..2^24. */
export function openLoop(count: Count): Loop {
  const bound = typeof count === "number" ? count : count.most;
  if (!Number.isInteger(bound) || bound < 0 || bound > 2 ** 24)
    throw new Error(`A loop runs a whole number of times from 0 to 2^24; ${bound} was given.`);
  return new Loop(bound, typeof count === "number" ? null : word(count.length), graph().scope);
}

/**
 * Runs `body` `count` times with scalars carried from one iteration to the next; returns them after the last one.
 *
 *     x = init;  for (j = 0; j < count; j++) x = body(j, x)
 *
 * Values of the body that do not depend on `j` or `x` are computed once, before the loop.
 * @throws if the body returns another number of values than `init` has.
 */
export function loop(
  count: Count,
  init: readonly F32[],
  body: (index: Node<"u32">, carried: readonly Node<"f32">[]) => readonly F32[],
): readonly Node<"f32">[] {
  if (count === 0) return init.map(real);
  const made = openLoop(count);
  for (const x of init) made.carry(real(x));
  const now = made.carried.map((carried) => carried.now as Node<"f32">);
  const next = graph().inside(made, () => body(made.index, now).map(real));
  if (next.length !== init.length)
    throw new Error(`A loop carries ${init.length} scalars, but its body returned ${next.length}.`);
  next.forEach((x, k) => {
    (made.carried[k] as Carried).next = x;
  });
  return next.map((_, k) => made.result(k) as Node<"f32">);
}
