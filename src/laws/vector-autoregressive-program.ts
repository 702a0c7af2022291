import { add, mul, real } from "../kernels/arithmetic.js";
import { load, storedOver } from "../kernels/array.js";
import { graph } from "../kernels/graph.js";
import { openLoop } from "../kernels/loop.js";
import type { F32, Node, U32 } from "../kernels/node.js";
import { randomStream } from "../kernels/random.js";
import { type Vector, vector } from "../kernels/vector.js";
import { addWord, mulWord } from "../kernels/words.js";
import { cholesky } from "../math/cholesky.js";
import { lyapunov } from "../math/lyapunov.js";
import { identity } from "../math/matrix.js";
import type { PromptProgram } from "../types.js";
import { drawPairs, longest } from "./lengths.js";
import type { VectorAutoregression } from "./vector-autoregressive.js";

/**
 * Several series that drive each other and their prompts in the kernel language. The run of longest + p + 1 times is drawn
 * once a prompt and kept, pairs are windows of it. Draws lie in the order
 *
 *   the prompt's stream:     length | normals of the first time
 *   the stream of time k:    innovations of time k + 1
 *
 * so that a longer context continues a shorter one. The first time has the stationary covariance by its Cholesky root.
 *
 * @throws RangeError where A is not stable
 */
export function vectorAutoregressiveProgram({
  matrix,
  window,
  constant,
  features,
  noise,
}: VectorAutoregression): PromptProgram {
  const d = matrix.length;
  const root = Float64Array.from(lyapunov(matrix, identity(d)).flat());
  cholesky(root, d);
  return {
    structure: `vector autoregression of ${d}, windows of ${window}${constant ? " and 1" : ""}`,
    settings: Float64Array.from([noise, ...matrix.flat(), ...root]),
    tables: {},
    build(inputs, random, context) {
      const { settings } = inputs;
      const stream = randomStream(random, inputs);
      const pairs = drawPairs(context, stream);
      const entry = (from: number, i: number, j: number) => settings.at(1 + from * d * d + i * d + j);
      const scale = settings.at(0);
      const start = stream.normals(d);
      const home = graph().scope;
      const steps = openLoop(longest(context) + window + 1);
      const carried = Array.from({ length: d }, (_, i) =>
        steps.carry(
          real(
            mul(
              scale,
              total(i + 1, (j) => mul(entry(1, i, j), start.at(j))),
            ),
          ),
        ),
      );
      const now = carried.map((value) => value.now as Node<"f32">);
      const moved = graph().inside(steps, () => {
        const innovations = stream.at(steps.index).normals(d);
        return now.map((_, i) =>
          add(
            total(d, (j) => mul(entry(0, i, j), now[j]!)),
            mul(scale, innovations.at(i)),
          ),
        );
      });
      carried.forEach((value, i) => {
        value.next = real(moved[i]!);
      });
      const series = storedOver(home, [steps], now);
      const view = (from: U32): Vector =>
        vector(features, (f) => (constant && f === d * window ? 1 : load(series, addWord(mulWord(from, d), f))));
      const label = (from: U32): F32 => load(series, mulWord(addWord(from, window), d));
      const from = typeof pairs.pairs === "number" ? pairs.pairs : pairs.pairs.length;
      return { features, ...pairs, pair: (j) => ({ x: view(j), y: label(j) }), query: view(from), answer: label(from) };
    },
  };
}

function total(count: number, term: (j: number) => F32): F32 {
  return Array.from({ length: count }, (_, j) => term(j)).reduce((sum, value) => add(sum, value));
}
