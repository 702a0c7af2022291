import type { Accumulated, Contribution, State, Stored } from "../array.js";
import type { Carried, Loop } from "../loop.js";
import type { Node } from "../node.js";
import type { Item, LoopPlan } from "../schedule.js";
import type { Assembler } from "./assembler.js";
import * as code from "./instructions.js";
import { lanes, type Memory } from "./memory.js";
import type { Values } from "./values.js";

const { i32 } = code;

/** Writes the items of a schedule: values, loops, stores and sums. */
export class Statements {
  /** The mask of lanes for which the loops around are still running; null: all of them. */
  #mask: number | null = null;

  constructor(
    readonly assembler: Assembler,
    readonly values: Values,
    readonly memory: Memory,
  ) {}

  write(items: readonly Item[]): void {
    for (const item of items) {
      if (item.kind === "value") this.values.define(item.node);
      else if (item.kind === "loop") this.#loop(item.plan);
      else if (item.kind === "clear") this.#clear(item.array);
      else if (item.kind === "store") this.#store(item.array);
      else this.#contribute(item.contribution);
    }
  }

  #clear(array: Accumulated): void {
    this.assembler.each(array.length, (index) => {
      const offset = this.memory.addressAt(array, index);
      this.assembler.push(code.realConstant(0), code.store(offset));
    });
  }

  #store(array: Stored): void {
    const { assembler, memory, values } = this;
    const { base, offset } = memory.place(array);
    const address = assembler.scalar();
    array.nest.forEach((loop, level) => {
      if (level > 0) assembler.push(i32.constant(loop.bound), i32.mul);
      values.scalar(loop.index);
      if (level > 0) assembler.push(i32.add);
    });
    assembler.push(i32.constant(array.sources.length * lanes), i32.mul, code.localGet(base), i32.add);
    assembler.push(code.localSet(address));
    array.sources.forEach((source, c) => {
      assembler.push(code.localGet(address));
      values.vector(source);
      assembler.push(code.store(offset + c * lanes));
    });
  }

  #contribute({ array, index, value }: Contribution): void {
    const { assembler } = this;
    const term = (): void => {
      this.values.vector(value);
      if (this.#mask !== null) assembler.push(code.localGet(this.#mask), code.and);
    };
    if (!index.uniform) {
      this.#scatter(array, index, term);
      return;
    }
    const address = assembler.scalar();
    const offset = this.memory.address(array, index);
    assembler.push(code.localTee(address), code.localGet(address), code.load(offset));
    term();
    assembler.push(code.add, code.store(offset));
  }

  /** Adds each lane's number at an index of its own. */
  #scatter(array: Accumulated, index: Node, term: () => void): void {
    const { assembler } = this;
    const { base, offset } = this.memory.place(array);
    const addresses = assembler.vector();
    const terms = assembler.vector();
    const address = assembler.scalar();
    this.values.vector(index);
    assembler.push(code.shiftLeft(4), code.localGet(base), code.splat, code.addWord, code.localSet(addresses));
    term();
    assembler.push(code.localSet(terms));
    for (let lane = 0; lane < 4; lane++) {
      const at = offset + 4 * lane;
      assembler.push(code.localGet(addresses), code.extractLane(lane), code.localTee(address));
      assembler.push(code.localGet(address), code.laneLoad(at), code.localGet(terms), code.laneReal(lane));
      assembler.push(code.laneAdd, code.laneStore(at));
    }
  }

  #loop(plan: LoopPlan): void {
    const { assembler, values } = this;
    const { loop, carried, states } = plan;
    for (const k of carried) {
      const { init, now } = loop.carried[k] as Carried;
      const local = assembler.vector();
      values.vector(init);
      assembler.push(code.localSet(local));
      values.bindVector(now, local);
      values.bindVector(loop.result(k), local);
    }
    for (const state of states) this.memory.open(state);
    if (loop.bound === 0) return;
    const outer = this.#mask;
    const count = loop.length ? this.#openCount(loop, loop.length) : null;
    const index = assembler.scalar();
    values.bindScalar(loop.index, index);
    this.#iterate(loop, index, count, () => {
      if (loop.length) this.#mask = this.#running(index, loop.length, outer);
      values.define(loop.index);
      this.write(plan.items);
      this.#close(plan);
    });
    if (count !== null) assembler.push(code.end);
    this.#mask = outer;
  }

  /** The iterations 0 .. count - 1 in the loop's direction; there is at least one. */
  #iterate(loop: Loop, index: number, count: number | null, body: () => void): void {
    const { assembler } = this;
    const bound = count === null ? i32.constant(loop.bound) : code.localGet(count);
    if (loop.descending) assembler.push(bound, i32.constant(1), i32.sub, code.localSet(index), code.loop);
    else assembler.push(i32.constant(0), code.localSet(index), code.loop);
    body();
    const step = loop.descending ? i32.sub : i32.add;
    assembler.push(code.localGet(index), i32.constant(1), step, code.localTee(index));
    if (loop.descending) assembler.push(i32.constant(0), i32.geS);
    else assembler.push(bound, i32.ltU);
    assembler.push(code.branchIf(0), code.end);
  }

  /** Computes the largest count of the four lanes and opens a block that is left where it is 0. */
  #openCount(loop: Loop, length: Node): number {
    const { assembler } = this;
    const lengths = assembler.vector();
    const count = assembler.scalar();
    const other = assembler.scalar();
    this.values.vector(length);
    assembler.push(code.wordConstant(loop.bound), code.minUnsigned, code.localSet(lengths));
    assembler.push(i32.constant(0), code.localSet(count));
    for (let lane = 0; lane < 4; lane++) {
      assembler.push(code.localGet(lengths), code.extractLane(lane), code.localTee(other), code.localGet(count));
      assembler.push(code.localGet(other), code.localGet(count), i32.gtU, i32.select, code.localSet(count));
    }
    assembler.push(code.block, code.localGet(count), i32.eqz, code.branchIf(0));
    return count;
  }

  /** The mask of lanes with index < length, within those of the loops around. */
  #running(index: number, length: Node, outer: number | null): number {
    const { assembler } = this;
    const mask = assembler.vector();
    assembler.push(code.localGet(index), code.splat);
    this.values.vector(length);
    assembler.push(code.lessWord);
    if (outer !== null) assembler.push(code.localGet(outer), code.and);
    assembler.push(code.localSet(mask));
    return mask;
  }

  /** Moves everything carried to its next, for the lanes that are still running. */
  #close({ loop, carried, states }: LoopPlan): void {
    const { assembler, values } = this;
    const mask = loop.length ? this.#mask : null;
    const moved = carried.map((k) => loop.carried[k] as Carried).filter(({ now, next }) => now !== next);
    for (const { now, next } of moved) {
      values.vector(next);
      if (mask === null) continue;
      values.vector(now);
      assembler.push(code.localGet(mask), code.bitselect);
    }
    for (const { now } of moved.toReversed()) assembler.push(code.localSet(values.local(now)));
    for (const state of states) {
      if (mask !== null) this.#blend(state, mask);
      this.memory.swap(state);
    }
  }

  /** Keeps the old content of a carried array in the lanes that have stopped. */
  #blend(state: State, mask: number): void {
    const { assembler, memory } = this;
    assembler.each(state.init.length, (index) => {
      const offset = memory.addressAt(state.next, index);
      memory.addressAt(state.next, index);
      assembler.push(code.load(offset));
      memory.addressAt(state.before, index);
      assembler.push(code.load(0), code.localGet(mask), code.bitselect, code.store(offset));
    });
  }
}
