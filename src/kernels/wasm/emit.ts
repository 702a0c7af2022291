/**
 * A program as one WebAssembly function: four prompts at a time, one a lane of an f32x4.
 *
 *     run(from, to, chunk, key0, key1, parameters, settings, tables, outputs, memory)
 *
 * adds the outputs of prompts [from, to) into the four lanes at `outputs`, and moves on to the next group of lanes
 * after every `chunk` prompts. Prompt p is lane (p - from) mod 4; lanes beyond `to` add zero.
 */
import type { PrivateArray, State } from "../array.js";
import type { Table } from "../inputs.js";
import type { Loop } from "../loop.js";
import type { Node } from "../node.js";
import { type Elementary, isElementary } from "../operations.js";
import type { Outlined } from "../outlined.js";
import type { Traced } from "../program.js";
import { rootsOf } from "../roots.js";
import { type Item, type LoopPlan, type Plan, schedule } from "../schedule.js";
import { type FunctionBody, type FunctionType, type ValueType, valueType } from "./binary.js";
import * as code from "./instructions.js";

const { i32: I32, v128: V128 } = valueType;
/** Bytes of one scalar for the four lanes. */
const lanes = 16;
/** The arguments of `run`, by local index. */
const run = {
  from: 0,
  to: 1,
  chunk: 2,
  key0: 3,
  key1: 4,
  parameters: 5,
  settings: 6,
  tables: 7,
  outputs: 8,
  memory: 9,
} as const;

/** Byte offsets of the tables behind one another, each at a multiple of 16 bytes. */
export function tableOffsets(tables: readonly Pick<Table, "length">[]): readonly number[] {
  let next = 0;
  return tables.map(({ length }) => {
    const offset = next;
    next += Math.ceil(length / 4) * lanes;
    return offset;
  });
}

/** The bytes of private memory and the functions of a module; function 0 is `run`. */
export interface Emitted {
  readonly functions: readonly FunctionBody[];
  readonly memory: number;
}

export function emit(traced: Traced): Emitted {
  const { nodes, arrays } = rootsOf(traced.outputs);
  const plan = schedule(nodes, arrays);
  const outlines = new Outlines();
  const writer = new FunctionWriter(plan, Object.keys(run).length, traced.tables, outlines);
  const body = writer.run(traced);
  const main: FunctionBody = {
    type: { parameters: Object.keys(run).map(() => I32), results: [] },
    locals: writer.locals,
    code: body,
  };
  return { functions: [main, ...outlines.functions], memory: writer.memory.bytes };
}

/** The outlined functions of a module, numbered from 1. */
class Outlines {
  readonly functions: FunctionBody[] = [];
  readonly #numbers = new Map<Outlined, number>();

  number(of: Outlined): number {
    const known = this.#numbers.get(of);
    if (known) return known;
    const writer = new FunctionWriter(schedule(of.results, []), of.parameters.length, [], this);
    const body = writer.outlined(of);
    const type: FunctionType = { parameters: of.parameters.map(() => V128), results: of.results.map(() => V128) };
    this.functions.push({ type, locals: writer.locals, code: body });
    this.#numbers.set(of, this.functions.length);
    return this.functions.length;
  }
}

/** Where private arrays lie: at an offset from the memory argument, or at a pointer that swaps (carried arrays). */
class PrivateMemory {
  readonly #offsets = new Map<PrivateArray, number>();
  readonly #nextOf = new Map<PrivateArray, State>();
  bytes = 0;

  constructor(plan: Plan) {
    for (const state of plan.states) this.#nextOf.set(state.next, state);
    for (const array of plan.arrays)
      if ((array.kind === "stored" || array.kind === "accumulated") && !this.#nextOf.has(array))
        this.#offsets.set(array, this.take(array.length));
  }

  take(length: number): number {
    const offset = this.bytes;
    this.bytes += length * lanes;
    return offset;
  }

  /** A fixed offset, or the state and which of its two buffers. */
  place(array: PrivateArray): number | { readonly state: State; readonly next: boolean } {
    const state = this.#nextOf.get(array);
    if (state) return { state, next: true };
    if (array.kind === "before" || array.kind === "after") return { state: array.state, next: false };
    return this.#offsets.get(array) as number;
  }
}

class FunctionWriter {
  readonly locals: ValueType[] = [];
  readonly memory: PrivateMemory;
  /** Values held in locals: vectors, and uniform words as scalars. */
  readonly #vectors = new Map<Node, number>();
  readonly #scalars = new Map<Node, number>();
  /** Values used once, as the instructions that compute them. */
  readonly #inline = new Map<Node, readonly number[]>();
  readonly #results = new Map<Node, readonly number[]>();
  readonly #pointers = new Map<State, { readonly before: number; readonly next: number }>();
  readonly #splatted: ReadonlySet<Node>;
  readonly #named: ReadonlySet<Node>;
  #code: number[] = [];
  /** The mask of lanes for which the loops around are still running; null: all. */
  #mask: number | null = null;

  constructor(
    readonly plan: Plan,
    readonly parameters: number,
    readonly tables: readonly Table[],
    readonly outlines: Outlines,
  ) {
    this.memory = new PrivateMemory(plan);
    this.#splatted = uniformOperands(plan.items);
    this.#named = rotatedOperands(plan.items);
  }

  run(traced: Traced): number[] {
    const prompt = this.#local(I32);
    const left = this.#local(I32);
    const numbers = this.#local(V128);
    const live = this.#local(V128);
    const width = traced.lengths.reduce((sum, length) => sum + length, 0);
    this.#prompt = numbers;
    this.#push(code.localGet(run.from), code.localSet(prompt), code.localGet(run.chunk), code.localSet(left));
    this.#push(code.block, code.localGet(prompt), code.localGet(run.to), code.i32.geU, code.branchIf(0), code.loop);
    this.#push(code.localGet(prompt), code.splat, code.laneNumbers, code.vectorOpcode.addWord as number[]);
    this.#push(code.localTee(numbers), code.localGet(run.to), code.splat, code.vectorOpcode.lessWord as number[]);
    this.#push(code.localSet(live));
    this.#items(this.plan.items);
    this.#outputs(traced, live);
    this.#push(code.localGet(left), code.i32.constant(4), code.i32.sub, code.localTee(left), code.i32.eqz, code.ifThen);
    this.#push(code.localGet(run.outputs), code.i32.constant(width * lanes), code.i32.add, code.localSet(run.outputs));
    this.#push(code.localGet(run.chunk), code.localSet(left), code.end);
    this.#push(code.localGet(prompt), code.i32.constant(4), code.i32.add, code.localTee(prompt));
    this.#push(code.localGet(run.to), code.i32.ltU, code.branchIf(0), code.end, code.end);
    return this.#code;
  }

  outlined(of: Outlined): number[] {
    of.parameters.forEach((parameter, k) => {
      this.#vectors.set(parameter, k);
    });
    this.#items(this.plan.items);
    for (const result of of.results) this.#vector(result);
    return this.#code;
  }

  #prompt = -1;

  #outputs(traced: Traced, live: number): void {
    let offset = 0;
    const sum = (value: () => void, address: () => void, at: number): void => {
      address();
      address();
      this.#push(code.load(at));
      value();
      this.#push(code.localGet(live), code.and, code.vectorOpcode.add as number[], code.store(at));
    };
    traced.outputs.forEach((output, k) => {
      const at = offset;
      offset += (traced.lengths[k] as number) * lanes;
      if (typeof output === "number") throw new Error("Outputs are nodes once a program is traced.");
      if ("op" in output) {
        sum(
          () => this.#vector(output),
          () => this.#push(code.localGet(run.outputs)),
          at,
        );
        return;
      }
      const { array, scale } = output;
      this.#each(array.length, (index) => {
        const here = (): void => this.#push(code.localGet(index), code.i32.constant(4), code.i32.shl);
        const value = (): void => {
          this.#address(array, here);
          this.#push(code.load(this.#offset(array)));
          if (typeof scale === "number") this.#push(code.realConstant(scale));
          else this.#vector(scale);
          this.#push(code.vectorOpcode.mul as number[]);
        };
        const address = (): void => {
          this.#push(code.localGet(run.outputs));
          here();
          this.#push(code.i32.add);
        };
        sum(value, address, at);
      });
    });
  }

  #local(type: ValueType): number {
    this.locals.push(type);
    return this.parameters + this.locals.length - 1;
  }

  #push(...parts: readonly (readonly number[])[]): void {
    for (const part of parts) for (const byte of part) this.#code.push(byte);
  }

  /** The instructions that `write` pushes. */
  #captured(write: () => void): number[] {
    const before = this.#code;
    this.#code = [];
    write();
    const captured = this.#code;
    this.#code = before;
    return captured;
  }

  // Values ----------------------------------------------------------------------------------------------------------

  /** Pushes a value as a vector. */
  #vector(node: Node): void {
    const local = this.#vectors.get(node);
    const inline = this.#inline.get(node);
    if (local !== undefined) this.#push(code.localGet(local));
    else if (node.op === "constant")
      this.#push(node.type === "u32" ? code.wordConstant(node.immediate) : code.realConstant(node.immediate));
    else if (node.uniform) {
      this.#scalar(node);
      this.#push(code.splat);
    } else if (inline) this.#push(inline);
    else throw new Error(`The node ${node.op} was not scheduled.`);
  }

  /** Pushes a uniform word as a scalar. */
  #scalar(node: Node): void {
    const local = this.#scalars.get(node);
    const inline = this.#inline.get(node);
    if (local !== undefined) this.#push(code.localGet(local));
    else if (node.op === "constant") this.#push(code.i32.constant(node.immediate));
    else if (inline) this.#push(inline);
    else if (node.op === "key") this.#push(code.localGet(node.immediate === 0 ? run.key0 : run.key1));
    else throw new Error(`The index ${node.op} was not scheduled.`);
  }

  #value(node: Node): void {
    if (["constant", "index", "carried", "result", "argument"].includes(node.op)) {
      if (node.op === "index") this.#splat(node);
      return;
    }
    if (node.op === "prompt") this.#vectors.set(node, this.#prompt);
    else if (node.op === "call") this.#call(node);
    else if (node.op === "projection")
      this.#vectors.set(node, (this.#results.get(node.args[0] as Node) as readonly number[])[node.immediate] as number);
    else if (node.uniform) this.#uniform(node);
    else {
      const bytes = this.#captured(() => this.#compute(node));
      const cheap = node.op === "setting" || node.op === "parameter";
      const uses = this.plan.uses.get(node) as number;
      if (uses <= (cheap && node.args.length === 0 ? 2 : 1) && !this.#named.has(node)) this.#inline.set(node, bytes);
      else this.#hold(node, bytes);
    }
  }

  #hold(node: Node, bytes: readonly number[]): void {
    const local = this.#local(V128);
    this.#vectors.set(node, local);
    this.#push(bytes, code.localSet(local));
  }

  #uniform(node: Node): void {
    if (node.op !== "key") {
      const bytes = this.#captured(() => {
        for (const arg of node.args) this.#scalar(arg);
        if (node.op === "shiftLeft") this.#push(code.i32.constant(node.immediate), code.i32.shl);
        else if (node.op === "shiftRight") this.#push(code.i32.constant(node.immediate), code.i32.shrU);
        else this.#push(code.scalarOpcode[node.op as Elementary] as number[]);
      });
      if (this.plan.uses.get(node) === 1 && !this.#splatted.has(node)) this.#inline.set(node, bytes);
      else {
        const local = this.#local(I32);
        this.#scalars.set(node, local);
        this.#push(bytes, code.localSet(local));
      }
    }
    this.#splat(node);
  }

  /** Keeps a uniform word as a vector too, where vectors are computed with it. */
  #splat(node: Node): void {
    if (!this.#splatted.has(node)) return;
    this.#hold(
      node,
      this.#captured(() => {
        this.#scalar(node);
        this.#push(code.splat);
      }),
    );
  }

  #call(node: Node): void {
    const number = this.outlines.number(node.owner as Outlined);
    for (const arg of node.args) this.#vector(arg);
    const results = (node.owner as Outlined).results.map(() => this.#local(V128));
    this.#results.set(node, results);
    this.#push(code.call(number), ...results.toReversed().map(code.localSet));
  }

  #compute(node: Node): void {
    const [a, b, c] = node.args as [Node, Node, Node];
    switch (node.op) {
      case "parameter":
      case "setting":
        return this.#read(node, node.op === "parameter" ? run.parameters : run.settings, 0);
      case "table":
        return this.#read(
          node,
          run.tables,
          tableOffsets(this.tables)[this.tables.indexOf(node.owner as Table)] as number,
        );
      case "load":
        return this.#load(node.owner as PrivateArray, a);
      case "select":
      case "selectWord":
        this.#vector(b);
        this.#vector(c);
        this.#vector(a);
        return this.#push(code.bitselect);
      case "shiftLeft":
      case "shiftRight":
      case "shiftRightSigned":
        this.#vector(a);
        return this.#push(code[node.op](node.immediate));
      case "rotateLeft":
        return this.#rotate(a, node.immediate);
      case "anyBit":
        this.#vector(a);
        return this.#push(anyBit(node.immediate));
      default: {
        const opcode = isElementary(node.op) ? code.vectorOpcode[node.op] : undefined;
        if (!opcode) throw new Error(`WebAssembly has no instruction for ${node.op}.`);
        for (const arg of node.args) this.#vector(arg);
        return this.#push(opcode);
      }
    }
  }

  #rotate(word: Node, distance: number): void {
    this.#vector(word);
    if (distance % 8 === 0) {
      this.#vector(word);
      this.#push(code.rotateBytes(distance / 8));
    } else {
      this.#push(code.shiftLeft(distance));
      this.#vector(word);
      this.#push(code.shiftRight(32 - distance), code.or);
    }
  }

  // Memory ----------------------------------------------------------------------------------------------------------

  /** A number that all lanes share, at a fixed place or at an index: one load where the index is uniform. */
  #read(node: Node, base: number, offset: number): void {
    const [index] = node.args;
    if (!index || index.op === "constant") {
      const number = index ? index.immediate : node.immediate;
      this.#push(code.localGet(base), code.loadSplat(offset + number * 4));
      return;
    }
    if (index.uniform) {
      this.#push(code.localGet(base));
      const extra = this.#scaledIndex(index, 4);
      this.#push(code.i32.add, code.loadSplat(offset + extra));
      return;
    }
    this.#gather(index, base, 2, () => offset);
  }

  #load(array: PrivateArray, index: Node): void {
    if (!index.uniform) {
      this.#gather(index, this.#base(array), 4, (lane) => this.#offset(array) + lane * 4);
      return;
    }
    const offset = this.#address(array, index);
    this.#push(code.load(offset));
  }

  /** Loads a number a lane from base + (index << shift) + offset(lane). */
  #gather(index: Node, base: number, shift: number, offset: (lane: number) => number): void {
    const addresses = this.#local(V128);
    const gathered = this.#local(V128);
    this.#vector(index);
    this.#push(code.shiftLeft(shift), code.localGet(base), code.splat, code.vectorOpcode.addWord as number[]);
    this.#push(code.localSet(addresses));
    for (let lane = 0; lane < 4; lane++) {
      this.#push(code.localGet(addresses), code.extractLane(lane));
      this.#push(code.localGet(gathered), code.loadLane(offset(lane), lane), code.localSet(gathered));
    }
    this.#push(code.localGet(gathered));
  }

  #base(array: PrivateArray): number {
    const place = this.memory.place(array);
    if (typeof place === "number") return run.memory;
    const { before, next } = this.#pointers.get(place.state) as { before: number; next: number };
    return place.next ? next : before;
  }

  #offset(array: PrivateArray): number {
    const place = this.memory.place(array);
    return typeof place === "number" ? place : 0;
  }

  /** Pushes index * 2^k bytes as a scalar, less a literal part that is returned to go into the instruction's offset. */
  #scaledIndex(index: Node, bytes: number): number {
    const [whole, literal] = literalPart(index);
    this.#scalar(whole);
    this.#push(code.i32.constant(Math.log2(bytes)), code.i32.shl);
    return literal * bytes;
  }

  /** Pushes the address of an array's element without its literal part, which is returned. */
  #address(array: PrivateArray, index: Node | (() => void)): number {
    this.#push(code.localGet(this.#base(array)));
    if (typeof index === "function") {
      index();
      this.#push(code.i32.add);
      return this.#offset(array);
    }
    if (index.op === "constant") return this.#offset(array) + index.immediate * lanes;
    const literal = this.#scaledIndex(index, lanes);
    this.#push(code.i32.add);
    return this.#offset(array) + literal;
  }

  // Statements ------------------------------------------------------------------------------------------------------

  #items(items: readonly Item[]): void {
    for (const item of items) {
      if (item.kind === "value") this.#value(item.node);
      else if (item.kind === "loop") this.#loop(item.plan);
      else if (item.kind === "clear") {
        const { array } = item;
        this.#each(array.length, (index) => {
          const offset = this.#address(array, () => this.#bytesOf(index));
          this.#push(code.realConstant(0), code.store(offset));
        });
      } else if (item.kind === "store") this.#store(item.array, item.array.nest, item.array.sources);
      else this.#contribute(item.contribution.array, item.contribution.index, item.contribution.value);
    }
  }

  #bytesOf(index: number): void {
    this.#push(code.localGet(index), code.i32.constant(4), code.i32.shl);
  }

  #store(array: PrivateArray, nest: readonly Loop[], sources: readonly Node[]): void {
    const base = this.#local(I32);
    this.#address(array, () => {
      nest.forEach((loop, level) => {
        if (level > 0) this.#push(code.i32.constant(loop.bound), code.i32.mul);
        this.#scalar(loop.index);
        if (level > 0) this.#push(code.i32.add);
      });
      this.#push(code.i32.constant(sources.length * lanes), code.i32.mul);
    });
    this.#push(code.localSet(base));
    sources.forEach((source, c) => {
      this.#push(code.localGet(base));
      this.#vector(source);
      this.#push(code.store(this.#offset(array) + c * lanes));
    });
  }

  #contribute(array: PrivateArray, index: Node, value: Node): void {
    const term = (): void => {
      this.#vector(value);
      if (this.#mask !== null) this.#push(code.localGet(this.#mask), code.and);
    };
    if (index.uniform) {
      const address = this.#local(I32);
      const offset = this.#address(array, index);
      this.#push(code.localTee(address), code.localGet(address), code.load(offset));
      term();
      this.#push(code.vectorOpcode.add as number[], code.store(offset));
      return;
    }
    throw new Error("Sums into private arrays need an index that is the same for all prompts.");
  }

  /** A loop over 0 .. length - 1 with its index in a scalar local. */
  #each(length: number, body: (index: number) => void): void {
    if (length === 0) return;
    const index = this.#local(I32);
    this.#push(code.i32.constant(0), code.localSet(index), code.loop);
    body(index);
    this.#push(code.localGet(index), code.i32.constant(1), code.i32.add, code.localTee(index));
    this.#push(code.i32.constant(length), code.i32.ltU, code.branchIf(0), code.end);
  }

  #loop(plan: LoopPlan): void {
    const { loop, carried, states } = plan;
    for (const k of carried) {
      const { init, now } = loop.carried[k] as Loop["carried"][number];
      const local = this.#local(V128);
      this.#vector(init);
      this.#push(code.localSet(local));
      this.#vectors.set(now, local);
      this.#vectors.set(loop.result(k), local);
    }
    for (const state of states) this.#openState(state);
    if (loop.bound === 0) return;
    const index = this.#local(I32);
    this.#scalars.set(loop.index, index);
    const outer = this.#mask;
    const count = this.#openCount(loop);
    const down = loop.descending;
    if (down && count !== null) this.#push(code.localGet(count), code.i32.constant(1), code.i32.sub);
    else this.#push(code.i32.constant(down ? loop.bound - 1 : 0));
    this.#push(code.localSet(index), code.loop);
    if (loop.length) this.#openMask(loop, index, outer);
    this.#items(plan.items);
    this.#close(plan);
    this.#push(code.localGet(index), code.i32.constant(1), down ? code.i32.sub : code.i32.add, code.localTee(index));
    if (down) this.#push(code.i32.constant(0), code.i32.geS);
    else {
      this.#push(count === null ? code.i32.constant(loop.bound) : code.localGet(count), code.i32.ltU);
    }
    this.#push(code.branchIf(0), code.end);
    if (count !== null) this.#push(code.end);
    this.#mask = outer;
  }

  /** Opens a block that is left if no lane has an iteration; returns the largest count of the four lanes. */
  #openCount(loop: Loop): number | null {
    if (!loop.length) return null;
    const lengths = this.#local(V128);
    const count = this.#local(I32);
    const other = this.#local(I32);
    this.#vector(loop.length);
    this.#push(code.wordConstant(loop.bound), code.minUnsigned, code.localSet(lengths));
    this.#push(code.i32.constant(0), code.localSet(count));
    for (let lane = 0; lane < 4; lane++) {
      this.#push(code.localGet(lengths), code.extractLane(lane), code.localTee(other), code.localGet(count));
      this.#push(code.localGet(other), code.localGet(count), code.i32.gtU, code.i32.select, code.localSet(count));
    }
    this.#push(code.block, code.localGet(count), code.i32.eqz, code.branchIf(0));
    return count;
  }

  #openMask(loop: Loop, index: number, outer: number | null): void {
    const mask = this.#local(V128);
    this.#push(code.localGet(index), code.splat);
    this.#vector(loop.length as Node);
    this.#push(code.vectorOpcode.lessWord as number[]);
    if (outer !== null) this.#push(code.localGet(outer), code.and);
    this.#push(code.localSet(mask));
    this.#mask = mask;
  }

  /** Moves every carried value to its next, for the lanes that are still running. */
  #close({ loop, carried, states }: LoopPlan): void {
    const moved = carried
      .map((k) => loop.carried[k] as Loop["carried"][number])
      .filter(({ now, next }) => now !== next);
    for (const { now, next } of moved) {
      this.#vector(next);
      if (loop.length && this.#mask !== null) {
        this.#vector(now);
        this.#push(code.localGet(this.#mask), code.bitselect);
      }
    }
    for (const { now } of moved.toReversed()) this.#push(code.localSet(this.#vectors.get(now) as number));
    for (const state of states) this.#closeState(state, loop);
  }

  #openState(state: State): void {
    const { length } = state.init;
    const pointers = { before: this.#local(I32), next: this.#local(I32) };
    this.#pointers.set(state, pointers);
    for (const pointer of [pointers.before, pointers.next]) {
      this.#push(code.localGet(run.memory), code.i32.constant(this.memory.take(length)), code.i32.add);
      this.#push(code.localSet(pointer));
    }
    this.#each(length, (index) => {
      this.#push(code.localGet(pointers.before));
      this.#bytesOf(index);
      this.#push(code.i32.add);
      const offset = this.#address(state.init, () => this.#bytesOf(index));
      this.#push(code.load(offset), code.store(0));
    });
  }

  #closeState(state: State, loop: Loop): void {
    const { before, next } = this.#pointers.get(state) as { before: number; next: number };
    const { length } = state.init;
    if (loop.length && this.#mask !== null) {
      const mask = this.#mask;
      this.#each(length, (index) => {
        const element = (pointer: number): void => {
          this.#push(code.localGet(pointer));
          this.#bytesOf(index);
          this.#push(code.i32.add);
        };
        element(next);
        element(next);
        this.#push(code.load(0));
        element(before);
        this.#push(code.load(0), code.localGet(mask), code.bitselect, code.store(0));
      });
    }
    this.#push(code.localGet(before), code.localGet(next), code.localSet(before), code.localSet(next));
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

/** The mask of lanes with any of those bits: for one bit, that bit spread over the lane. */
function anyBit(mask: number): number[] {
  const single = Math.log2(mask);
  if (Number.isInteger(single))
    return [...(single < 31 ? code.shiftLeft(31 - single) : []), ...code.shiftRightSigned(31)];
  const zero = [...code.wordConstant(0), ...(code.vectorOpcode.equalWord as number[])];
  return [...code.wordConstant(mask), ...code.and, ...zero, ...(code.vectorOpcode.not as number[])];
}

function eachNode(items: readonly Item[], visit: (node: Node) => void): void {
  for (const item of items) {
    if (item.kind === "value") visit(item.node);
    if (item.kind === "loop") eachNode(item.plan.items, visit);
  }
}

/** Uniform words that vectors are computed with. */
function uniformOperands(items: readonly Item[]): ReadonlySet<Node> {
  const found = new Set<Node>();
  eachNode(items, (node) => {
    const addresses = node.op === "load" || node.op === "table" || node.op === "parameter" || node.op === "setting";
    if (node.uniform || addresses) return;
    for (const arg of node.args) if (arg.uniform && arg.op !== "constant") found.add(arg);
  });
  return found;
}

/** Values that are needed twice by one instruction. */
function rotatedOperands(items: readonly Item[]): ReadonlySet<Node> {
  const found = new Set<Node>();
  eachNode(items, (node) => {
    if (node.op === "rotateLeft") found.add(node.args[0] as Node);
  });
  return found;
}
