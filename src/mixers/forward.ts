import { less, select, sub } from "../kernels/arithmetic.js";
import { type Float64Kernel, float64 } from "../kernels/float64.js";
import type { Node, U32 } from "../kernels/node.js";
import { type Inputs, type Program, program } from "../kernels/program.js";
import { recent } from "../kernels/recent.js";
import { vector } from "../kernels/vector.js";
import { addWord, mulWord, or, selectWord } from "../kernels/words.js";
import { nd } from "../math/nd.js";
import type { Mixer, Nd, PredictionProgram, PromptNodes, Weights } from "../types.js";

/** Numbers of prompts that one call of a kernel reads. */
const numbersAtOnce = 2 ** 16;

const compiled = recent<Float64Kernel>(64);

/**
 * A mixer's `forward`: the float64 target of its text on given prompts, which it reads as tables. `names` are the
 * weights in the order of the text's parameters.
 *
 * @throws RangeError where the labels have more than one output.
 */
export function forwardOf(mixer: PredictionProgram, names: readonly string[]): Mixer["forward"] {
  return (weights: Weights, { x, y, query, length }) => {
    const [batch, context, features] = x.shape;
    if (y.shape[2] !== 1) throw new RangeError(`a mixer predicts one label, and these prompts have ${y.shape[2]}`);
    const atOnce = Math.max(1, Math.floor(numbersAtOnce / ((context + 1) * (features + 1))));
    const shape = { features, context, mixed: length !== undefined, atOnce };
    const kernel = compiled(`${mixer.structure}, ${JSON.stringify(shape)}`, () => float64(onTables(mixer, shape)));
    const parameters = Float64Array.from(names.flatMap((name) => [...weights[name]!.data]));
    const predictions = nd(["batch"], [batch]);
    for (let from = 0; from < batch; from += atOnce) {
      const to = Math.min(from + atOnce, batch);
      const table = ({ data }: Nd, width: number) => rows(data, from * width, to * width, atOnce * width);
      const tables = {
        x: table(x, context * features),
        y: table(y, context),
        query: table(query, features),
        ...(length && { length: table(length, 1) }),
      };
      predictions.data.set(kernel.each({ parameters, tables, key: [0, 0] }, 0, to - from), from);
    }
    return predictions;
  };
}

/** What the text of a `forward` depends on beside the mixer. */
interface Shape {
  readonly features: number;
  readonly context: number;
  readonly mixed: boolean;
  /** Prompts in the tables. */
  readonly atOnce: number;
}

/** The numbers [from, to) as a float64 table of that size, without a copy where they fill it. */
function rows(data: Nd["data"], from: number, to: number, size: number): Float64Array {
  const part = data.subarray(from, to);
  if (part instanceof Float64Array && part.length === size) return part;
  const table = new Float64Array(size);
  table.set(part);
  return table;
}

function onTables(mixer: PredictionProgram, { features, context, mixed, atOnce }: Shape): Program {
  const lengths = { x: atOnce * context * features, y: atOnce * context, query: atOnce * features };
  return program(
    { parameters: mixer.parameters(features), tables: { ...lengths, ...(mixed && { length: atOnce }) } },
    (inputs) => [mixer.build(inputs.parameters, promptOf(inputs, { features, context, mixed, atOnce }))],
  );
}

/** Row `prompt` of the tables. Its answer is unknown to a mixer. */
function promptOf({ prompt, table }: Inputs, { features, context, mixed }: Shape): PromptNodes {
  const [x, y, query] = [table("x"), table("y"), table("query")];
  const own = mixed ? table("length").at(prompt) : null;
  return {
    features,
    pairs: own ? { length: wholeNumber(own, context), most: context } : context,
    length: own ?? context,
    pair(j) {
      const at = addWord(mulWord(prompt, context), j);
      const first = mulWord(at, features);
      return { x: vector(features, (i) => x.at(addWord(first, i))), y: y.at(at) };
    },
    query: vector(features, (i) => query.at(addWord(mulWord(prompt, features), i))),
    answer: Number.NaN,
  };
}

/** A real that is a whole number as a word, bit by bit from the highest; beyond `most`, any word from `most` on. */
function wholeNumber(real: Node<"f32">, most: number): U32 {
  let rest = real;
  let found: U32 = 0;
  for (let bit = Math.floor(Math.log2(Math.max(most, 1))); bit >= 0; bit--) {
    const below = less(rest, 2 ** bit);
    found = or(found, selectWord(below, 0, 2 ** bit));
    rest = select(below, rest, sub(rest, 2 ** bit));
  }
  return found;
}
