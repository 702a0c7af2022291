/**
 * Vectors that unroll when short and roll when long: one text for d = 4 and d = 64. Up to `unroll` elements (a setting
 * of the trace, 32 by default) a vector is a list of scalars and its index a plain number; beyond it is a private array
 * and the index a loop's.
 */
import { add, mul, real } from "./arithmetic.js";
import { array, carryArray, load, type PrivateArray, type State, type Stored, setNext, storedOver } from "./array.js";
import { graph } from "./graph.js";
import { type Carried, type Count, type Loop, loop, openLoop } from "./loop.js";
import type { F32, Node, Scope, U32 } from "./node.js";
import { addWord, mulWord } from "./words.js";

export interface Vector {
  readonly length: number;
  at(index: U32): Node<"f32">;
}

/** A vector of scalars. Read at a loop's index it is stored first. */
export class List implements Vector {
  readonly length: number;
  readonly values: readonly Node<"f32">[];
  #stored: Stored | null = null;

  constructor(values: readonly F32[]) {
    this.values = values.map(real);
    this.length = values.length;
  }

  at(index: U32): Node<"f32"> {
    const known = typeof index === "number" ? index : index.op === "constant" ? index.immediate : null;
    if (known === null) {
      this.#stored ??= this.#store();
      return load(this.#stored, index);
    }
    const value = this.values[known];
    if (!value) throw new Error(`A vector of ${this.length} elements has no element ${known}.`);
    return value;
  }

  /** One iteration of a loop that stores all elements, in the scope where the last of them is known. */
  #store(): Stored {
    const scopes = this.values.map(({ scope }) => scope);
    const home = scopes.reduce((deepest, scope) => (scope.depth > deepest.depth ? scope : deepest), graph().top);
    return graph().inside(home, () => array(1, () => this.values));
  }
}

/** A vector in private memory: elements [start, start + length) of an array. */
export class Rolled implements Vector {
  constructor(
    readonly array: PrivateArray,
    readonly start: U32 = 0,
    readonly length: number = array.length,
  ) {}

  at(index: U32): Node<"f32"> {
    return load(this.array, addWord(this.start, index));
  }
}

/** An array that holds just the vector: its own, or a copy. */
function whole(x: Vector): PrivateArray {
  const own = x instanceof Rolled && x.start === 0 && x.length === x.array.length;
  return own ? x.array : array(x.length, (i) => x.at(i));
}

const indices = (length: number): readonly number[] => Array.from({ length }, (_, i) => i);
/** A matrix unrolls up to this many times as many elements as a vector: 11 x 11 where vectors unroll to 16. */
const matrixUnroll = 8;
const unrolls = (length: number): boolean => length <= graph().options.unroll;

/** The vector whose elements are `element(i)`. */
export function vector(length: number, element: (index: U32) => F32): Vector {
  return unrolls(length) ? new List(indices(length).map(element)) : new Rolled(array(length, element));
}

/** A matrix as the vector of its rows, element (a, b) at a * columns + b; `row(a)` may share work among the row's elements. */
export function matrix(rows: number, columns: number, row: (a: U32) => (b: U32) => F32): Vector {
  if (rows * columns <= matrixUnroll * graph().options.unroll)
    return new List(
      indices(rows).flatMap((a) => {
        const element = row(a);
        return indices(columns).map(element);
      }),
    );
  const outer = openLoop(rows);
  return graph().inside(outer, () => {
    const element = row(outer.index);
    const within = openLoop(columns);
    const source = graph().inside(within, () => real(element(within.index)));
    return new Rolled(storedOver(outer.parent, [outer, within], [source]));
  });
}

export const zeros = (length: number): Vector => vector(length, () => 0);

/** The sum of `term(i)` over i < length, in order. */
export function sum(length: number, term: (index: U32) => F32): Node<"f32"> {
  if (unrolls(length)) return indices(length).reduce((total, i) => add(total, term(i)), real(0));
  return loop(length, [0], (i, [total]) => [add(total as F32, term(i))])[0] as Node<"f32">;
}

/** sum over i of x_i y_i. @throws if the lengths differ. */
export function dot(x: Vector, y: Vector): Node<"f32"> {
  if (x.length !== y.length) throw new Error(`A dot product needs equal lengths; ${x.length} and ${y.length} differ.`);
  return sum(x.length, (i) => mul(x.at(i), y.at(i)));
}

/**
 * A loop that carries vectors (a matrix is the vector of its rows): gated, delta-rule and state-space layers.
 *
 *     S = init;  for (j = 0; j < count; j++) S = body(j, S)
 */
export function scan(
  count: Count,
  init: readonly Vector[],
  body: (index: Node<"u32">, carried: readonly Vector[]) => readonly Vector[],
): readonly Vector[] {
  if (count === 0) return init;
  const made = openLoop(count);
  const now = init.map((x) => open(made, x));
  const next = graph().inside(made, () =>
    body(
      made.index,
      now.map(({ before }) => before),
    ),
  );
  if (next.length !== init.length)
    throw new Error(`A scan carries ${init.length} vectors, but its body returned ${next.length}.`);
  return next.map((x, k) => (now[k] as Opened).close(x));
}

interface Opened {
  readonly before: Vector;
  close(next: Vector): Vector;
}

function open(made: Loop, init: Vector): Opened {
  if (init instanceof List) {
    const first = made.carried.length;
    const scalars = init.values.map((x) => made.carry(x));
    return {
      before: new List(scalars.map((scalar) => scalar.now as Node<"f32">)),
      close: (next) => new List(scalars.map((scalar, k) => finish(made, scalar, next.at(k), first + k))),
    };
  }
  const state: State = carryArray(made, whole(init));
  return {
    before: new Rolled(state.before),
    close: (next) => {
      setNext(
        state,
        graph().inside(made, () => whole(next)),
      );
      return new Rolled(state.after);
    },
  };
}

function finish(made: Loop, scalar: Carried, next: Node<"f32">, k: number): Node<"f32"> {
  scalar.next = next;
  return made.result(k) as Node<"f32">;
}

/**
 * Keeps what `body(j)` gives for every j, so that later loops read it instead of computing (or drawing) it again.
 * Returns the reader: `keep(n, context)(j)` is `context(j)`.
 */
export function keep(
  count: Count,
  body: (index: Node<"u32">) => readonly (F32 | Vector)[],
): (index: U32) => readonly (Node<"f32"> | Vector)[] {
  const home = graph().scope;
  const made = openLoop(count);
  const values = graph().inside(made, () => body(made.index));
  const scalars = values.flatMap((value) =>
    value instanceof List ? value.values : isVector(value) ? [] : [real(value)],
  );
  const packed = scalars.length > 0 ? storedOver(home, [made], scalars) : null;
  const arrays = values.map((value) =>
    isVector(value) && !(value instanceof List) ? widened(home, made, value) : null,
  );
  return (index) => {
    let column = 0;
    const scalar = (): Node<"f32"> => {
      column += 1;
      return load(packed as Stored, addWord(mulWord(index, scalars.length), column - 1));
    };
    return values.map((value, k) => {
      if (value instanceof List) return new List(value.values.map(scalar));
      if (!isVector(value)) return scalar();
      return new Rolled(arrays[k] as Stored, mulWord(index, value.length), value.length);
    });
  };
}

const isVector = (value: F32 | Vector): value is Vector => typeof value !== "number" && "at" in value;

/** A vector of the body of `made`, for all iterations of `made`. */
function widened(home: Scope, made: Loop, value: Vector): Stored {
  return graph().inside(made, () => {
    const inside = whole(value);
    if (inside.kind === "stored" && inside.home === made)
      return storedOver(home, [made, ...inside.nest], inside.sources);
    const copy = openLoop(inside.length);
    return storedOver(home, [made, copy], [load(inside, copy.index)]);
  });
}
