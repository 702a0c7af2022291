import type { PrivateArray, State } from "../array.js";
import type { Node } from "../node.js";
import type { Plan } from "../schedule.js";
import type { Assembler } from "./assembler.js";
import { i32, load, localGet, localSet, store } from "./instructions.js";

/** Bytes of one number for four lanes. */
export const lanes = 16;

interface Pointers {
  readonly before: number;
  readonly next: number;
}

/**
 * Where private arrays lie: at a fixed offset from the memory address, or behind a pointer. A carried array has two
 * buffers whose pointers swap at the end of an iteration; what an iteration leaves is written to the second one.
 */
export class Memory {
  bytes = 0;
  readonly #offsets = new Map<PrivateArray, number>();
  readonly #nextOf = new Map<PrivateArray, State>();
  readonly #pointers = new Map<State, Pointers>();

  constructor(
    readonly assembler: Assembler,
    plan: Plan,
    /** The local that holds the address of private memory. */
    readonly start: number,
    /** Pushes a uniform word as a scalar. */
    readonly scalar: (index: Node) => void,
  ) {
    for (const state of plan.states) this.#nextOf.set(state.next, state);
    for (const array of plan.arrays)
      if ((array.kind === "stored" || array.kind === "accumulated") && !this.#nextOf.has(array))
        this.#offsets.set(array, this.#take(array.length));
  }

  #take(length: number): number {
    const offset = this.bytes;
    this.bytes += length * lanes;
    return offset;
  }

  /** The local with the address that an array's elements count from, and the literal offset of the first. */
  place(array: PrivateArray): { readonly base: number; readonly offset: number } {
    const offset = this.#offsets.get(array);
    if (offset !== undefined) return { base: this.start, offset };
    const next = this.#nextOf.get(array);
    if (next) return { base: this.pointers(next).next, offset: 0 };
    if (array.kind !== "before" && array.kind !== "after") throw new Error("A private array has no place in memory.");
    return { base: this.pointers(array.state).before, offset: 0 };
  }

  pointers(state: State): Pointers {
    const known = this.#pointers.get(state);
    if (known) return known;
    const made = { before: this.assembler.scalar(), next: this.assembler.scalar() };
    this.#pointers.set(state, made);
    return made;
  }

  /** Pushes the address of an array's element, less a literal part, which is returned for the instruction's offset. */
  address(array: PrivateArray, index: Node): number {
    const { base, offset } = this.place(array);
    const { assembler } = this;
    assembler.push(localGet(base));
    if (index.op === "constant") return offset + index.immediate * lanes;
    const literal = this.scaled(index, 4);
    assembler.push(i32.add);
    return offset + literal * lanes;
  }

  /** The same for an index in a scalar local. */
  addressAt(array: PrivateArray, index: number): number {
    const { base, offset } = this.place(array);
    this.assembler.push(localGet(base));
    this.assembler.lanesBefore(index);
    this.assembler.push(i32.add);
    return offset;
  }

  /** Pushes (index - literal) << shift and returns the literal. */
  scaled(index: Node, shift: number): number {
    const [rest, literal] = literalPart(index);
    this.scalar(rest);
    this.assembler.push(i32.constant(shift), i32.shl);
    return literal;
  }

  /** Sets up the two buffers of a carried array and copies its initial content. */
  open(state: State): void {
    const { assembler } = this;
    const { before, next } = this.pointers(state);
    const { length } = state.init;
    for (const pointer of [before, next])
      assembler.push(localGet(this.start), i32.constant(this.#take(length)), i32.add, localSet(pointer));
    assembler.each(length, (index) => {
      this.addressAt(state.before, index);
      const offset = this.addressAt(state.init, index);
      assembler.push(load(offset), store(0));
    });
  }

  swap(state: State): void {
    const { before, next } = this.pointers(state);
    this.assembler.push(localGet(before), localGet(next), localSet(before), localSet(next));
  }
}

/** A word as (rest, literal) with rest + literal = word, for small literals. */
function literalPart(index: Node): readonly [Node, number] {
  if (index.op !== "addWord") return [index, 0];
  const [a, b] = index.args as [Node, Node];
  if (b.op === "constant" && b.immediate < 2 ** 20) return [a, b.immediate];
  if (a.op === "constant" && a.immediate < 2 ** 20) return [b, a.immediate];
  return [index, 0];
}
