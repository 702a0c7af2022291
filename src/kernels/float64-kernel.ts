import { recent } from "./recent.js";

/** Numbers for one run. */
export interface Arguments {
  readonly parameters: ArrayLike<number>;
  readonly settings?: ArrayLike<number>;
  readonly tables?: Readonly<Record<string, ArrayLike<number>>>;
  readonly key: readonly [hi: number, lo: number];
}

export interface Float64Kernel {
  /** Numbers a prompt: all outputs, arrays laid out in place. */
  readonly width: number;
  /** The outputs of prompts [from, to), row-major (prompt, output): in memory of their own, or in the first of `into`. */
  each(given: Arguments, from: number, to: number, into?: Float64Array): Float64Array;
  /** Their sums over prompts [from, to), added in order of the prompts. */
  sums(given: Arguments, from: number, to: number): Float64Array;
}

/** A program compiled for float64, as plain data: a thread that is sent it needs nothing of the kernel language. */
export interface Float64Text {
  /** The body of a function that returns the kernel. */
  readonly source: string;
  readonly width: number;
  /** How many parameters and settings it reads. */
  readonly parameters: number;
  readonly settings: number;
  readonly tables: readonly { readonly name: string; readonly length: number }[];
}

type Run = (...given: unknown[]) => void;

/** Functions by their source: programs that differ in numbers only run from one, which the engine has optimised once. */
const compiled = recent<Run>(64);

/** The kernel of a text. */
export function float64Kernel({ source, width, parameters, settings, tables }: Float64Text): Float64Kernel {
  const run = compiled(source, () => new Function(source)() as Run);
  const call = (given: Arguments, from: number, to: number, rows: number, out: Float64Array): Float64Array => {
    const data = tables.map(({ name, length }) => tableOf(given, name, length));
    const trained = numbers("parameters", given.parameters, parameters);
    const untrained = numbers("settings", given.settings ?? [], settings);
    run(trained, untrained, given.key[0] | 0, given.key[1] | 0, from, to, out, rows === 1 ? 0 : width, ...data);
    return out;
  };
  return {
    width,
    each(given, from, to, into) {
      const size = (to - from) * width;
      return call(given, from, to, to - from, into?.subarray(0, size).fill(0) ?? new Float64Array(size));
    },
    sums: (given, from, to) => call(given, from, to, 1, new Float64Array(width)),
  };
}

function numbers(what: string, given: ArrayLike<number>, length: number): Float64Array {
  if (given.length !== length) throw new Error(`The program reads ${length} ${what}; ${given.length} were given.`);
  return given instanceof Float64Array ? given : Float64Array.from(given);
}

function tableOf(given: Arguments, name: string, length: number): Float64Array {
  const data = given.tables?.[name];
  if (!data) throw new Error(`The program reads the table "${name}", which was not given.`);
  return numbers(`numbers of table "${name}"`, data, length);
}
