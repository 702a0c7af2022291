import { add, mul, real, sub } from "./arithmetic.js";
import type { PrivateArray } from "./array.js";
import { derivatives, type Rules } from "./derivatives.js";
import { gradient } from "./gradient.js";
import { Graph, type GraphOptions, traceInto } from "./graph.js";
import { type Block, keyWord, openTable, parameterBlock, promptNumber, settingBlock, type Table } from "./inputs.js";
import type { F32, Node } from "./node.js";

/** What the body of a program may read. */
export interface Inputs {
  /** Trained numbers. */
  readonly parameters: Block;
  /** Untrained numbers of a trial. */
  readonly settings: Block;
  /** A law's data by name. @throws if the program does not declare it. */
  table(name: string): Table;
  /** The two words of the key: word 0 is the key's high word. */
  readonly key: readonly [Node<"u32">, Node<"u32">];
  /** The prompt's number in its stream. */
  readonly prompt: Node<"u32">;
}

/** One result of a program: a scalar, or `scale` times each element of a private array. */
export type Output = F32 | { readonly array: PrivateArray; readonly scale: F32 };

/** A text about one prompt: how many numbers it reads, and the body that builds its results. */
export interface Program {
  readonly parameters: number;
  readonly settings: number;
  /** Lengths of the tables it reads, by name. */
  readonly tables: Readonly<Record<string, number>>;
  readonly body: (inputs: Inputs) => readonly Output[];
}

/** A program whose graph has been built. Output k has `lengths[k]` numbers. */
export interface Traced {
  readonly graph: Graph;
  readonly outputs: readonly Output[];
  readonly lengths: readonly number[];
  readonly tables: readonly Table[];
}

/** A program from its body; sizes left out are zero, tables none. */
export function program(sizes: Partial<Omit<Program, "body">>, body: Program["body"]): Program {
  return { parameters: 0, settings: 0, tables: {}, ...sizes, body };
}

/**
 * Vectors of up to 16 are written out. Measured on a CPU for one layer at n = 20 and d = 8 to 32: to d = 12 loops cost a
 * third more, to d = 16 as much, and beyond they are faster, compile ten times sooner and in JavaScript keep within what
 * an engine optimises: 4 to 15 times faster at d = 32. A GPU, whose loops need memory, is another matter: see wgsl.ts.
 */
export const defaultTrace: GraphOptions = { unroll: 16, outline: false };

/** Builds the graph of a program. */
export function trace(of: Program, options: Partial<GraphOptions> = {}): Traced {
  const graph = new Graph({ ...defaultTrace, ...options });
  return traceInto(graph, () => {
    const tables = Object.entries(of.tables).map(([name, length]) => openTable(name, length));
    const outputs = of.body({
      parameters: parameterBlock(of.parameters),
      settings: settingBlock(of.settings),
      table: (name) => {
        const found = tables.find((table) => table.name === name);
        if (!found)
          throw new Error(`The program declares no table "${name}"; it has: ${Object.keys(of.tables).join()}.`);
        return found;
      },
      key: [keyWord(0), keyWord(1)],
      prompt: promptNumber(),
    });
    const settled = outputs.map((output) => (typeof output === "number" ? real(output) : output));
    return { graph, outputs: settled, lengths: settled.map(lengthOf), tables };
  });
}

const lengthOf = (output: Output): number =>
  typeof output === "object" && "array" in output ? output.array.length : 1;

/**
 * The training program of a model: `of` returns [prediction, answer]; the result returns the loss
 * (prediction - answer)^2 and its derivative by every parameter, in order.
 *
 * The reverse pass starts with 1 at the prediction and is multiplied by 2 (prediction - answer) last, so that sums
 * whose adjoints do not depend on the residual are made while the forward pass runs.
 */
export function squaredError(of: Program, rules: Rules = derivatives): Program {
  return {
    ...of,
    body: (inputs) => {
      const [prediction, answer, ...more] = of.body(inputs);
      if (typeof prediction !== "object" || !("op" in prediction) || typeof answer === "undefined" || more.length > 0)
        throw new Error("A model program returns [prediction, answer], two scalars.");
      if (typeof answer === "object" && !("op" in answer)) throw new Error("The answer of a model is a scalar.");
      const residual = sub(prediction, answer);
      const scale = add(residual, residual);
      const { scalars, array } = gradient(prediction, of.parameters, rules);
      const slopes: readonly Output[] = array ? [{ array, scale }] : scalars.map((slope) => mul(scale, slope));
      return [mul(residual, residual), ...slopes];
    },
  };
}
