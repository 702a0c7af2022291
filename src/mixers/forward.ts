import { less, select, sub } from "../kernels/arithmetic.js";
import { float64Text } from "../kernels/float64.js";
import type { Float64Text } from "../kernels/float64-kernel.js";
import type { GraphOptions } from "../kernels/graph.js";
import type { Node, U32 } from "../kernels/node.js";
import { type Inputs, type Program, program } from "../kernels/program.js";
import { recent } from "../kernels/recent.js";
import { vector } from "../kernels/vector.js";
import { addWord, mulWord, or, selectWord } from "../kernels/words.js";
import type { Mixer, PredictionProgram, PromptNodes, Prompts, Weights } from "../types.js";
import { type Prediction, predictionRecipe, restore, type Shape, shapeOf } from "./prediction.js";

const texts = recent<Float64Text>(64);

/**
 * A mixer's `forward`: the float64 target of its text on given prompts, which it reads as tables. `names` are the
 * weights in the order of the text's parameters, `options` how it is written out.
 *
 * @throws RangeError where the labels have more than one output.
 */
export function forwardOf(
  mixer: PredictionProgram,
  names: readonly string[],
  options: Partial<GraphOptions> = {},
): Mixer["forward"] {
  return (weights, prompts) => restore(prediction(mixer, names, options, weights, prompts))(prompts);
}

/** A mixer's `recipe`: what `forwardOf` the same runs, as plain data. */
export function forwardRecipe(
  mixer: PredictionProgram,
  names: readonly string[],
  options: Partial<GraphOptions> = {},
): NonNullable<Mixer["recipe"]> {
  return (weights, like) => predictionRecipe(prediction(mixer, names, options, weights, like));
}

function prediction(
  mixer: PredictionProgram,
  names: readonly string[],
  options: Partial<GraphOptions>,
  weights: Weights,
  like: Prompts,
): Prediction {
  const shape = shapeOf(like);
  const text = texts(`${mixer.structure}, ${JSON.stringify(shape)}`, () =>
    float64Text(onTables(mixer, shape), options),
  );
  return { text, shape, parameters: Float64Array.from(names.flatMap((name) => [...weights[name]!.data])) };
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
