import { type Float64Text, float64Kernel } from "../kernels/float64-kernel.js";
import { nd } from "../math/nd.js";
import type { Nd, Prompts, Recipe } from "../types.js";

/** What the text of a `forward` depends on beside the mixer: the shape of the prompts. */
export interface Shape {
  readonly features: number;
  readonly context: number;
  /** Whether prompts say their own lengths. */
  readonly mixed: boolean;
  /** Prompts in the tables, as many as one call of a kernel reads. */
  readonly atOnce: number;
}

/** Numbers of prompts that one call of a kernel reads. */
const numbersAtOnce = 2 ** 16;

/** @throws RangeError where the labels have more than one output. */
export function shapeOf({ x, y, length }: Prompts): Shape {
  const [, context, features] = x.shape;
  if (y.shape[2] !== 1) throw new RangeError(`a mixer predicts one label, and these prompts have ${y.shape[2]}`);
  const atOnce = Math.max(1, Math.floor(numbersAtOnce / ((context + 1) * (features + 1))));
  return { features, context, mixed: length !== undefined, atOnce };
}

/** A mixer with its weights as plain data, for prompts of one shape. */
export interface Prediction {
  /** The mixer's text for float64, which reads the prompts as tables. */
  readonly text: Float64Text;
  readonly shape: Shape;
  /** The weights in the order of the text's parameters. */
  readonly parameters: Float64Array;
}

/** `forward` with its weights: (batch) predictions. */
export function restore({ text, shape, parameters }: Prediction): (prompts: Prompts) => Nd<["batch"]> {
  const kernel = float64Kernel(text);
  const { context, features, atOnce } = shape;
  return ({ x, y, query, length }) => {
    const [batch] = x.shape;
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

/** The recipe of a prediction. */
export const predictionRecipe = (constants: Prediction): Recipe => ({ module: import.meta.url, constants });

/** The numbers [from, to) as a float64 table of that size, without a copy where they fill it. */
function rows(data: Nd["data"], from: number, to: number, size: number): Float64Array {
  const part = data.subarray(from, to);
  if (part instanceof Float64Array && part.length === size) return part;
  const table = new Float64Array(size);
  table.set(part);
  return table;
}
