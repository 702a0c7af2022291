/**
 * The nodes of a kernel program's expression graph. A program describes one prompt (one lane); a node is a scalar of it.
 */

/** What a node holds. `tuple` is the several results of an outlined function before they are taken apart. */
export type Type = "f32" | "u32" | "bool" | "tuple";

/** Where a node is computed: once a prompt (depth 0) or once an iteration of a loop (a `Loop` is a scope). */
export interface Scope {
  readonly depth: number;
  readonly parent: Scope | null;
}

/** What a node may refer to beside its arguments: a loop, a private array, a table, a block or an outlined function. */
export interface Owner {
  readonly id: number;
}

export interface Node<T extends Type = Type> {
  readonly id: number;
  readonly op: string;
  readonly type: T;
  readonly args: readonly Node[];
  /** A literal of the node: a constant's value, a shift's distance, a parameter's number. */
  readonly immediate: number;
  readonly owner: Owner | null;
  /** The innermost scope it depends on: loop-invariant nodes hoist themselves. */
  readonly scope: Scope;
  /** A u32 that is the same for all prompts (an index, a key, arithmetic of those): cheap to address memory with. */
  readonly uniform: boolean;
}

/** A real number of the program; plain numbers become constants. */
export type F32 = Node<"f32"> | number;
/** An unsigned 32-bit integer; arithmetic wraps modulo 2^32. Two plain numbers give a plain number. */
export type U32 = Node<"u32"> | number;
export type Bool = Node<"bool">;

/** True where `scope` is `outer` or lies inside it. */
export function within(scope: Scope | null, outer: Scope): boolean {
  for (let at = scope; at; at = at.parent) if (at === outer) return true;
  return false;
}
