import type { PrivateArray } from "../array.js";
import type { Table } from "../inputs.js";
import type { Node } from "../node.js";
import { type Elementary, isElementary } from "../operations.js";
import type { Outlined } from "../outlined.js";
import type { Plan } from "../schedule.js";
import type { Assembler } from "./assembler.js";
import * as code from "./instructions.js";
import type { Memory } from "./memory.js";
import { rotatedOperands, uniformOperands } from "./operands.js";

const { i32 } = code;

/** The locals in which a function finds what a program reads. */
export interface InputLocals {
  readonly key0: number;
  readonly key1: number;
  readonly parameters: number;
  readonly settings: number;
  readonly tables: number;
  /** The four prompts' numbers, as a vector. */
  readonly prompt: number;
}

export interface Surroundings {
  readonly assembler: Assembler;
  readonly plan: Plan;
  readonly memory: Memory;
  readonly inputs: InputLocals;
  /** Byte offset of a table from the tables' address. */
  readonly tableOffset: (table: Table) => number;
  /** The number of an outlined function. */
  readonly functionNumber: (of: Outlined) => number;
}

/** Nodes that statements bind to locals, or that are written where they are used. */
const bound = new Set(["constant", "carried", "result", "argument"]);

/**
 * Values in locals. Words that are the same for all prompts are scalars (and vectors too where vectors are computed
 * with them); everything else is a vector of four lanes. What is used once is written where it is used.
 */
export class Values {
  readonly #vectors = new Map<Node, number>();
  readonly #scalars = new Map<Node, number>();
  readonly #inline = new Map<Node, readonly number[]>();
  readonly #results = new Map<Node, readonly number[]>();
  readonly #splatted: ReadonlySet<Node>;
  readonly #named: ReadonlySet<Node>;
  readonly #at: Surroundings;

  constructor(at: Surroundings) {
    this.#at = at;
    this.#splatted = uniformOperands(at.plan.items);
    this.#named = rotatedOperands(at.plan.items);
  }

  bindVector(node: Node, local: number): void {
    this.#vectors.set(node, local);
  }

  bindScalar(node: Node, local: number): void {
    this.#scalars.set(node, local);
  }

  local(node: Node): number {
    return this.#vectors.get(node) as number;
  }

  /** Pushes a value as a vector. */
  vector(node: Node): void {
    const { assembler } = this.#at;
    const local = this.#vectors.get(node);
    const inline = this.#inline.get(node);
    if (local !== undefined) assembler.push(code.localGet(local));
    else if (node.op === "constant")
      assembler.push(node.type === "u32" ? code.wordConstant(node.immediate) : code.realConstant(node.immediate));
    else if (node.uniform) {
      this.scalar(node);
      assembler.push(code.splat);
    } else if (inline) assembler.push(inline);
    else throw new Error(`The node ${node.op} was not scheduled.`);
  }

  /** Pushes a uniform word as a scalar. */
  scalar(node: Node): void {
    const { assembler, inputs } = this.#at;
    const local = this.#scalars.get(node);
    const inline = this.#inline.get(node);
    if (local !== undefined) assembler.push(code.localGet(local));
    else if (node.op === "constant") assembler.push(i32.constant(node.immediate));
    else if (node.op === "key") assembler.push(code.localGet(node.immediate === 0 ? inputs.key0 : inputs.key1));
    else if (inline) assembler.push(inline);
    else throw new Error(`The index ${node.op} was not scheduled.`);
  }

  /** Computes a value at its place in the schedule. */
  define(node: Node): void {
    if (bound.has(node.op)) return;
    if (node.op === "prompt") this.#vectors.set(node, this.#at.inputs.prompt);
    else if (node.op === "call") this.#call(node);
    else if (node.op === "projection") {
      const results = this.#results.get(node.args[0] as Node) as readonly number[];
      this.#vectors.set(node, results[node.immediate] as number);
    } else if (node.uniform) this.#uniform(node);
    else this.#varying(node);
  }

  #varying(node: Node): void {
    const bytes = this.#at.assembler.captured(() => this.#compute(node));
    // A number of the trial costs one load: cheaper than keeping it in a local that spills.
    const reload = (node.op === "setting" || node.op === "parameter") && node.args.length === 0;
    const once = (this.#at.plan.uses.get(node) as number) <= (reload ? 2 : 1);
    if (once && !this.#named.has(node)) this.#inline.set(node, bytes);
    else this.#hold(node, bytes);
  }

  #hold(node: Node, bytes: readonly number[]): void {
    const { assembler } = this.#at;
    const local = assembler.vector();
    this.#vectors.set(node, local);
    assembler.push(bytes, code.localSet(local));
  }

  #uniform(node: Node): void {
    const { assembler, plan } = this.#at;
    if (node.op !== "key" && node.op !== "index") {
      const bytes = assembler.captured(() => {
        for (const arg of node.args) this.scalar(arg);
        if (node.op === "shiftLeft") assembler.push(i32.constant(node.immediate), i32.shl);
        else if (node.op === "shiftRight") assembler.push(i32.constant(node.immediate), i32.shrU);
        else assembler.push(code.scalarOpcode[node.op as Elementary] as number[]);
      });
      if (plan.uses.get(node) === 1 && !this.#splatted.has(node)) this.#inline.set(node, bytes);
      else {
        const local = assembler.scalar();
        this.#scalars.set(node, local);
        assembler.push(bytes, code.localSet(local));
      }
    }
    if (!this.#splatted.has(node)) return;
    const splat = assembler.captured(() => {
      this.scalar(node);
      assembler.push(code.splat);
    });
    this.#hold(node, splat);
  }

  #call(node: Node): void {
    const { assembler, functionNumber } = this.#at;
    const of = node.owner as Outlined;
    for (const arg of node.args) this.vector(arg);
    const results = of.results.map(() => assembler.vector());
    this.#results.set(node, results);
    assembler.push(code.call(functionNumber(of)), ...results.toReversed().map(code.localSet));
  }

  #compute(node: Node): void {
    const { assembler } = this.#at;
    const special = this.#special[node.op];
    if (special) special(node);
    else {
      const opcode = isElementary(node.op) ? code.vectorOpcode[node.op] : undefined;
      if (!opcode) throw new Error(`WebAssembly has no instruction for ${node.op}.`);
      for (const arg of node.args) this.vector(arg);
      assembler.push(opcode);
    }
  }

  /** Operations that are more than one instruction behind their arguments. */
  readonly #special: Readonly<Record<string, (node: Node) => void>> = {
    parameter: (node) => this.#read(node, this.#at.inputs.parameters, 0),
    setting: (node) => this.#read(node, this.#at.inputs.settings, 0),
    table: (node) => this.#read(node, this.#at.inputs.tables, this.#at.tableOffset(node.owner as Table)),
    load: (node) => this.#load(node.owner as PrivateArray, node.args[0] as Node),
    select: (node) => this.#select(node),
    selectWord: (node) => this.#select(node),
    shiftLeft: (node) => this.#shift(node, code.shiftLeft),
    shiftRight: (node) => this.#shift(node, code.shiftRight),
    shiftRightSigned: (node) => this.#shift(node, code.shiftRightSigned),
    rotateLeft: (node) => this.#rotate(node.args[0] as Node, node.immediate),
    anyBit: (node) => {
      this.vector(node.args[0] as Node);
      this.#at.assembler.push(anyBit(node.immediate));
    },
  };

  #select(node: Node): void {
    const [condition, a, b] = node.args as [Node, Node, Node];
    this.vector(a);
    this.vector(b);
    this.vector(condition);
    this.#at.assembler.push(code.bitselect);
  }

  #shift(node: Node, by: (distance: number) => number[]): void {
    this.vector(node.args[0] as Node);
    this.#at.assembler.push(by(node.immediate));
  }

  #rotate(word: Node, distance: number): void {
    const { assembler } = this.#at;
    this.vector(word);
    if (distance % 8 === 0) {
      this.vector(word);
      assembler.push(code.rotateBytes(distance / 8));
      return;
    }
    assembler.push(code.shiftLeft(distance));
    this.vector(word);
    assembler.push(code.shiftRight(32 - distance), code.or);
  }

  /** A number that all prompts share, at a fixed place or at an index: one load where the index is uniform. */
  #read(node: Node, base: number, offset: number): void {
    const { assembler, memory } = this.#at;
    const [index] = node.args;
    if (!index || index.op === "constant") {
      const number = index ? index.immediate : node.immediate;
      assembler.push(code.localGet(base), code.loadSplat(offset + number * 4));
    } else if (index.uniform) {
      assembler.push(code.localGet(base));
      const literal = memory.scaled(index, 2);
      assembler.push(i32.add, code.loadSplat(offset + literal * 4));
    } else this.#gather(index, base, 2, () => offset);
  }

  #load(array: PrivateArray, index: Node): void {
    const { assembler, memory } = this.#at;
    if (index.uniform) {
      const offset = memory.address(array, index);
      assembler.push(code.load(offset));
      return;
    }
    const { base, offset } = memory.place(array);
    this.#gather(index, base, 4, (lane) => offset + lane * 4);
  }

  /** Loads each lane's number from base + (index << shift) + offset(lane). */
  #gather(index: Node, base: number, shift: number, offset: (lane: number) => number): void {
    const { assembler } = this.#at;
    const addresses = assembler.vector();
    const gathered = assembler.vector();
    this.vector(index);
    assembler.push(code.shiftLeft(shift), code.localGet(base), code.splat, code.addWord, code.localSet(addresses));
    for (let lane = 0; lane < 4; lane++) {
      assembler.push(code.localGet(addresses), code.extractLane(lane));
      assembler.push(code.localGet(gathered), code.loadLane(offset(lane), lane), code.localSet(gathered));
    }
    assembler.push(code.localGet(gathered));
  }
}

/** The mask of lanes with any of those bits: for one bit, that bit spread over the lane. */
function anyBit(mask: number): number[] {
  const single = Math.log2(mask);
  if (Number.isInteger(single))
    return [...(single < 31 ? code.shiftLeft(31 - single) : []), ...code.shiftRightSigned(31)];
  return [...code.wordConstant(mask), ...code.and, ...code.wordConstant(0), ...code.equalWord, ...code.not];
}
