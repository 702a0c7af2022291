/** What a program reads: parameters, settings, tables, the key and the prompt's own number. */
import { graph } from "./graph.js";
import type { Node, Owner, U32 } from "./node.js";
import { addWord, word } from "./words.js";

/** f32 numbers addressed by index. */
export interface Block {
  readonly length: number;
  /** Number `index`. A plain number out of range throws; a computed one is not checked. */
  at(index: U32): Node<"f32">;
  /** The numbers [first, first + length). */
  block(first: number, length: number): Block;
}

class Numbers implements Block {
  constructor(
    readonly op: "parameter" | "setting",
    readonly first: number,
    readonly length: number,
  ) {}

  at(index: U32): Node<"f32"> {
    const known = typeof index === "number" ? index : index.op === "constant" ? index.immediate : null;
    if (known === null) return graph().node(this.op, "f32", [word(addWord(index, this.first))]);
    if (!Number.isInteger(known) || known < 0 || known >= this.length)
      throw new Error(`There is no ${this.op} ${known}; this block has ${this.length}.`);
    return graph().node(this.op, "f32", [], this.first + known);
  }

  block(first: number, length: number): Block {
    if (first < 0 || length < 0 || first + length > this.length)
      throw new Error(
        `A block [${first}, ${first + length}) lies outside of the ${this.length} ${this.op}s there are.`,
      );
    return new Numbers(this.op, this.first + first, length);
  }
}

/** Numbers that are trained: they have a gradient. */
export const parameterBlock = (length: number): Block => new Numbers("parameter", 0, length);
/** Numbers of a trial that are not trained (noise, covariance entries): one compiled program serves all their values. */
export const settingBlock = (length: number): Block => new Numbers("setting", 0, length);

/** A law's data: a read-only f32 array, the same for all prompts, indexed by any u32. */
export interface Table extends Owner {
  readonly name: string;
  readonly length: number;
  at(index: U32): Node<"f32">;
}

export function openTable(name: string, length: number): Table {
  const id = graph().id();
  const table: Table = { id, name, length, at: (index) => graph().node("table", "f32", [word(index)], 0, table) };
  return table;
}

/** Word 0 or 1 of the key: the same for all prompts. */
export const keyWord = (which: 0 | 1): Node<"u32"> => graph().node("key", "u32", [], which);
/** The prompt's number in its stream. */
export const promptNumber = (): Node<"u32"> => graph().node("prompt", "u32", []);
