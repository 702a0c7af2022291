import { randomStream } from "../kernels/random.js";
import { type Vector, vector } from "../kernels/vector.js";
import { addWord, word } from "../kernels/words.js";
import type { Law, Population, PromptProgram } from "../types.js";
import { drawn, drawnRecipe } from "./drawn.js";
import { drawPairs, longest } from "./lengths.js";

/** Windows of one given series. */
export interface SeriesWindows extends Population {
  readonly family: "series-windows";
  readonly window: number;
  /** Entries of an input: the values of the window, and the constant 1 where there is one. */
  readonly features: number;
  readonly constant: boolean;
  /** Values of the series. */
  readonly length: number;
  /** Unknown, and so counted as 0: what is called excess is the risk. */
  readonly noise: 0;
}

/** A series that is made when its values are first needed. */
export interface Series {
  readonly length: number;
  read(): Float64Array;
}

/** Where windows are cut. */
export interface WindowSettings {
  /** Values p that a prediction sees. */
  readonly window: number;
  readonly constant?: boolean;
}

/**
 * Prompts cut out of a series: m + p + 1 successive values from a place that is uniform over all that there are, in the
 * Hankel form of `autoregressive`. What is drawn is a window of the data, with replacement; risks are those on the data.
 *
 * @param series its values, or how they are made: once, when a prompt is drawn
 * @throws RangeError where values are not finite; where they are fewer than a prompt, when it is drawn
 */
export function seriesWindowsLaw(series: Float64Array | Series, settings: WindowSettings): Law<SeriesWindows> {
  const { window, constant = false } = settings;
  const { length } = series;
  const read = once(() => finite(series instanceof Float64Array ? series : series.read()));
  if (series instanceof Float64Array) read();
  if (!(Number.isSafeInteger(window) && window >= 1))
    throw new RangeError(`a window holds a whole number of values from 1, not ${window}`);
  const features = constant ? window + 1 : window;
  const population: SeriesWindows = {
    family: "series-windows",
    window,
    features,
    constant,
    length,
    noise: 0,
  };
  const program = once(() => windowsProgram(read(), window, constant, features));
  return {
    name: "series-windows",
    features,
    population,
    get program() {
      return program();
    },
    draw: (...at) => drawn(program(), features)(...at),
    recipe: (context) => drawnRecipe(program(), features)(context),
    shifted({ inputScale = 1, queryScale = 1, taskScale = 1 }) {
      if (queryScale !== 1 || taskScale !== 1 || (constant && inputScale !== 1))
        throw new RangeError(
          "a series is scaled as a whole: only `inputScale` is a shift of it, without a constant row",
        );
      return seriesWindowsLaw({ length, read: () => read().map((value) => inputScale * value) }, settings);
    },
  };
}

function finite(values: Float64Array): Float64Array {
  const odd = values.findIndex((value) => !Number.isFinite(value));
  if (odd >= 0) throw new RangeError(`value ${odd + 1} of the series is ${values[odd]}, and all are to be finite`);
  return values;
}

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}

function windowsProgram(values: Float64Array, window: number, constant: boolean, features: number): PromptProgram {
  return {
    structure: `windows of ${window}${constant ? " and 1" : ""} in ${values.length} values`,
    settings: new Float64Array(0),
    tables: { series: values },
    build({ key, prompt, table }, random, context) {
      const places = values.length - longest(context) - window;
      if (places < 1)
        throw new RangeError(
          `a prompt of ${longest(context)} pairs and windows of ${window} needs ${longest(context) + window + 1} ` +
            `values, and the series has ${values.length}`,
        );
      const stream = randomStream(random, { key, prompt });
      const pairs = drawPairs(context, stream);
      const series = table("series");
      const start = stream.integer(places);
      const view = (from: typeof start): Vector =>
        vector(features, (i) => (constant && i === window ? 1 : series.at(addWord(addWord(start, from), i))));
      const from = typeof pairs.pairs === "number" ? pairs.pairs : pairs.pairs.length;
      return {
        features,
        ...pairs,
        pair: (j) => ({ x: view(j), y: series.at(addWord(addWord(start, j), window)) }),
        query: view(from),
        answer: series.at(addWord(addWord(start, word(from)), window)),
      };
    },
  };
}
