/**
 * Random numbers as part of a program. They are counter-based: a number depends on the key, the prompt's number and
 * the place of the draw in the text, on every target and however a batch is split.
 *
 * The counter is (prompt, slot * 2^16 + index). Every draw from a stream takes slots of its own, in the order in which
 * the text is traced. The stream itself has index 0; `at(j)` is a stream of its own with index j + 1, slots counted
 * anew. So at(j) is a pure function of j: a law's pair j is the same in whichever loop it is drawn.
 */
import { add, mul, neg, select } from "./arithmetic.js";
import { array } from "./array.js";
import { graph } from "./graph.js";
import type { Loop } from "./loop.js";
import { mulHigh } from "./mul-high.js";
import type { F32, Node, Scope, U32 } from "./node.js";
import { boxMuller, erfinvNormal } from "./normal.js";
import { outlined } from "./outlined.js";
import { pcg4d } from "./pcg4d.js";
import type { Inputs } from "./program.js";
import { studentT } from "./student-t.js";
import { threefry2x32 } from "./threefry.js";
import { List, Rolled, type Vector } from "./vector.js";
import {
  addWord,
  anyBit,
  lessWord,
  logUniform,
  mulWord,
  or,
  selectWord,
  shiftLeft,
  shiftRight,
  toReal,
} from "./words.js";

type Real = Node<"f32">;
type Words = readonly U32[];

/** How words are made of (key, prompt, counter), and normals of words. */
interface Generator {
  readonly words: (key: readonly [U32, U32], prompt: U32, counter: U32) => Words;
  /** Words of a block. */
  readonly width: number;
  readonly normals: (words: Words) => readonly Real[];
}

const pairs = (words: Words): readonly Real[] =>
  words.flatMap((word, k) => (k % 2 === 0 ? boxMuller(word, words[k + 1] as U32) : []));

/** The generators by name. The first is the default. */
export const generators = {
  "threefry13-boxmuller": {
    words: (key, prompt, counter) => threefry2x32(key, [prompt, counter], 13),
    width: 2,
    normals: pairs,
  },
  "threefry20-boxmuller": {
    words: (key, prompt, counter) => threefry2x32(key, [prompt, counter], 20),
    width: 2,
    normals: pairs,
  },
  /** The bits of JAX's threefry_2x32 for the counts (prompt, counter), and its map from bits to normals. */
  "threefry20-erfinv": {
    words: (key, prompt, counter) => threefry2x32(key, [prompt, counter], 20),
    width: 2,
    normals: (words) => words.map(erfinvNormal),
  },
  /** Cheaper and weaker. */
  "pcg4d-boxmuller": {
    words: (key, prompt, counter) => pcg4d([prompt, counter, key[0], key[1]]),
    width: 4,
    normals: pairs,
  },
} as const satisfies Record<string, Generator>;

export type RandomName = keyof typeof generators;
export const defaultRandom: RandomName = "threefry13-boxmuller";

/** A uniform on the open interval (0, 1): (k + 1/2) / 2^23 with the upper 23 bits k of the word, exact in float32. */
export const uniform = (word: U32): Real => mul(add(toReal(shiftRight(word, 9)), 0.5), 2 ** -23);

/** An integer in 0 .. below - 1 from two words, as floor(w below / 2^64) of the 64-bit number w they form: no value's
 *  probability is off by more than 2^-64. */
export function integerBelow(below: U32, high: U32, low: U32): U32 {
  const rest = mulWord(high, below);
  const carry = addWord(rest, mulHigh(low, below));
  return addWord(mulHigh(high, below), selectWord(lessWord(carry, rest), 1, 0));
}

/** A stream of draws. Each method takes new slots each time it is traced. */
export class Stream {
  readonly #scope: Scope = graph().scope;
  #taken = 0;

  constructor(
    readonly name: RandomName,
    readonly inputs: Pick<Inputs, "key" | "prompt">,
    /** 0, or j + 1 for at(j). */
    readonly index: U32 = 0,
  ) {}

  /** The stream of iteration `index`: the same numbers whenever it is asked for the same draws in the same order.
   *  @throws beyond 65534, and for a stream that is an iteration's already: at(i * n + j) tells two indices apart. */
  at(index: U32): Stream {
    if (this.index !== 0) throw new Error("This stream is an iteration's; take at(i * n + j) of the stream around it.");
    const last = typeof index === "number" ? index : index.op === "index" ? (index.owner as Loop).bound - 1 : 0;
    if (last > 65534) throw new Error(`A stream tells iterations 0 to 65534 apart; ${last} is beyond.`);
    return new Stream(this.name, this.inputs, addWord(index, 1));
  }

  /** `length` independent standard normals. */
  normals(length: number): Vector {
    const { normals, width } = generators[this.name];
    return this.#vector("normal", length, width, normals);
  }

  /** `length` independent uniforms on the open interval (0, 1), multiples of 2^-24. */
  uniforms(length: number): Vector {
    return this.#vector("uniform", length, this.#width, (words) => words.map(uniform));
  }

  /** `length` independent signs, -1 or 1. */
  signs(length: number): Vector {
    return this.#vector("sign", length, this.#width, (words) =>
      words.map((word) => select(anyBit(word, 0x80000000), -1, 1)),
    );
  }

  /** `length` independent exponentials of mean 1, at most 22.9. */
  exponentials(length: number): Vector {
    return this.#vector("exponential", length, this.#width, (words) => words.map((word) => neg(logUniform(word))));
  }

  /** `length` independent Student t variables with `freedom` > 0 degrees of freedom. */
  students(length: number, freedom: number): Vector {
    return this.#vector(`student ${freedom}`, length, this.#width / 2, (words) =>
      words.flatMap((word, k) => (k % 2 === 0 ? [studentT(freedom, word, words[k + 1] as U32)] : [])),
    );
  }

  /** One integer in 0 .. below - 1, each with probability 1 / below to within 2^-64. */
  integer(below: U32): U32 {
    const words = this.#words(this.#take(1));
    return integerBelow(below, words[0] as U32, words[1] as U32);
  }

  get #width(): number {
    return generators[this.name].width;
  }

  #take(blocks: number): number {
    const first = this.#taken;
    this.#taken += blocks;
    if (this.#taken > 2 ** 16) throw new Error("A program draws at most 65536 blocks a prompt and iteration.");
    return first;
  }

  #counter(slot: U32): U32 {
    if (graph().scope !== this.#scope && typeof slot === "number")
      throw new Error("This stream was opened outside of the loop that draws from it; draw from at(index) instead.");
    return or(shiftLeft(slot, 16), this.index);
  }

  #words(slot: U32): Words {
    return generators[this.name].words(this.inputs.key, this.inputs.prompt, this.#counter(slot));
  }

  /** `perBlock` values from each of as many blocks as `length` values need. */
  #vector(what: string, length: number, perBlock: number, make: (words: Words) => readonly Real[]): Vector {
    const blocks = Math.ceil(length / perBlock);
    const first = this.#take(blocks);
    const { key, prompt } = this.inputs;
    const draw = (slot: U32): readonly Real[] =>
      outlined(`${this.name} ${what}`, [key[0], key[1], prompt, this.#counter(slot)], ([k0, k1, p, counter]) =>
        make(generators[this.name].words([k0 as U32, k1 as U32], p as U32, counter as U32)),
      ) as readonly Real[];
    if (length > graph().options.unroll)
      return new Rolled(
        array(blocks, (i) => draw(addWord(i, first))),
        0,
        length,
      );
    const values: F32[] = Array.from({ length: blocks }, (_, i) => draw(first + i)).flat();
    return new List(values.slice(0, length));
  }
}

/** The draws of a program, by a generator's name. Open one a program: two would repeat each other's numbers. */
export function randomStream(name: RandomName, inputs: Pick<Inputs, "key" | "prompt">): Stream {
  return new Stream(name, inputs);
}
