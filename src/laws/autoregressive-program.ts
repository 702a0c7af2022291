import { add, mul, real } from "../kernels/arithmetic.js";
import { load, type PrivateArray, storedOver } from "../kernels/array.js";
import { graph } from "../kernels/graph.js";
import { openLoop } from "../kernels/loop.js";
import type { F32, Node, U32 } from "../kernels/node.js";
import { randomStream, type Stream } from "../kernels/random.js";
import { type Vector, vector } from "../kernels/vector.js";
import { addWord } from "../kernels/words.js";
import type { PromptProgram } from "../types.js";
import { drawPairs, longest } from "./lengths.js";
import { type Coefficients, orderOf, type Predictions, seriesCoefficients } from "./series-coefficients.js";

/** How series are drawn and cut into prompts. */
export interface SeriesSampler {
  /** Values p that a prediction sees. */
  readonly window: number;
  /** Whether a 1 stands below the p values. */
  readonly constant: boolean;
  readonly coefficients: Coefficients;
  /** Standard deviation of the innovations. */
  readonly noise: number;
  readonly innovations: {
    /** Names the text of `draw`. */
    readonly structure: string;
    /** Two independent innovations of unit variance. */
    draw(stream: Stream): readonly [F32, F32];
  };
  /** Steps that are drawn and dropped before the first value, even. */
  readonly burnIn: number;
}

/**
 * An autoregressive series and its Hankel prompt in the kernel language. A series of m + p + 1 values is drawn once per
 * prompt and kept; pairs are windows of it. Its draws lie in the order
 *
 *   the prompt's stream:     length | coefficients | normals of the first q values
 *   the stream of step k:    innovations 2 k and 2 k + 1 | the k-th try at the coefficients
 *
 * so that a longer context continues a shorter one from the same first value. The first q values have the stationary
 * covariance: value t is its best linear prediction from the t before it, and a normal of that prediction's error.
 */
export function autoregressiveProgram(sampler: SeriesSampler): PromptProgram {
  const { window, constant, noise, innovations, burnIn } = sampler;
  const order = orderOf(sampler.coefficients);
  const coefficients = seriesCoefficients(sampler.coefficients);
  const features = constant ? window + 1 : window;
  return {
    structure:
      `autoregression: ${coefficients.structure}, windows of ${window}${constant ? " and 1" : ""}, ` +
      `${innovations.structure} innovations after ${burnIn}`,
    settings: Float64Array.from([noise, ...coefficients.settings]),
    tables: {},
    build(inputs, random, context) {
      const { settings } = inputs;
      const stream = randomStream(random, inputs);
      const pairs = drawPairs(context, stream);
      const predictions = coefficients.build(stream, settings.block(1, coefficients.settings.length));
      const first = start(predictions, stream.normals(order), settings.at(0));
      const step = (values: readonly F32[], k: U32): readonly F32[] => {
        const series = [...values];
        for (const innovation of innovations.draw(stream.at(k))) {
          const sure = predicted(series.slice(-order), predictions.weights.at(-1)!);
          series.push(add(sure, mul(settings.at(0), innovation)));
        }
        return series;
      };
      const burnt = burnIn === 0 ? first : run(burnIn / 2, first, step, 0).last;
      const length = longest(context) + window + 1;
      const series = run(Math.ceil(length / 2), burnt, step, burnIn / 2).values;
      const view = (from: U32): Vector =>
        vector(features, (i) => (constant && i === window ? 1 : load(series, addWord(from, i))));
      const from = typeof pairs.pairs === "number" ? pairs.pairs : pairs.pairs.length;
      return {
        features,
        ...pairs,
        pair: (j) => ({ x: view(j), y: load(series, addWord(j, window)) }),
        query: view(from),
        answer: load(series, addWord(from, window)),
      };
    },
  };
}

/** x_0 .. x_(q-1), oldest first. */
function start({ weights, errors }: Predictions, normals: Vector, noise: F32): readonly F32[] {
  const values: F32[] = [];
  for (const [t, error] of errors.entries())
    values.push(add(predicted(values, weights[t]!), mul(mul(noise, error), normals.at(t))));
  return values;
}

/** The sum of weights (nearest first) over values (oldest first). */
function predicted(values: readonly F32[], weights: readonly F32[]): F32 {
  return weights.reduce<F32>((sum, weight, j) => add(sum, mul(weight, values[values.length - 1 - j]!)), 0);
}

/**
 * Runs `count` steps of two values each, numbered from `offset`: `values` keeps the series from its first value on, and
 * `last` are the q values that come after them.
 */
function run(
  count: number,
  first: readonly F32[],
  step: (values: readonly F32[], k: U32) => readonly F32[],
  offset: number,
): { readonly values: PrivateArray; readonly last: readonly F32[] } {
  const home = graph().scope;
  const steps = openLoop(count);
  const carried = first.map((value) => steps.carry(real(value)));
  const now = carried.map((value) => value.now as Node<"f32">);
  const moved = graph().inside(steps, () => step(now, addWord(steps.index, offset)));
  carried.forEach((value, k) => {
    value.next = real(moved[k + 2]!);
  });
  const values = storedOver(home, [steps], [real(moved[0]!), real(moved[1]!)]);
  return { values, last: carried.map((_, k) => steps.result(k) as Node<"f32">) };
}
