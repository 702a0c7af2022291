import { add, mul } from "../kernels/arithmetic.js";
import type { F32, Node } from "../kernels/node.js";
import { randomStream } from "../kernels/random.js";
import { dot, type Vector } from "../kernels/vector.js";
import type { PromptProgram, Rows } from "../types.js";
import type { Coordinates } from "./inputs.js";
import { independentPairs, type PairDraw } from "./pair-draw.js";
import { settingsMatrix } from "./settings-matrix.js";

/** What prompts of linear regression are drawn from: context x = input z, query = query z, w = task g, all d x d. */
export interface Sampler {
  readonly features: number;
  /** Standard deviation of the label noise. */
  readonly noise: number;
  readonly coordinates: Coordinates;
  readonly roots: { readonly input: Rows; readonly query: Rows; readonly task: Rows };
}

/**
 * Linear regression in the kernel language. Its draws lie in the order
 *
 *   the prompt's stream: length | g of the task | z of the query | e of the query
 *   the stream of pair j:         z_j | e_j
 *
 * and all of them have their place even where they are not used (dead code costs nothing). So a longer context
 * continues a shorter one, and neither the noise nor a range of lengths moves the tasks and inputs. Other `draws` of the
 * pairs leave the prompt's stream as it is.
 */
export function regressionProgram(
  { features, noise, coordinates, roots }: Sampler,
  draws: PairDraw = independentPairs(coordinates),
): PromptProgram {
  const input = settingsMatrix(roots.input);
  const query = settingsMatrix(roots.query);
  const task = settingsMatrix(roots.task);
  const kinds = `${input.kind} inputs, ${query.kind} query, ${task.kind} task`;
  return {
    structure: `linear regression: ${features} ${draws.structure}, ${kinds}, ${noise === 0 ? "no noise" : "noise"}`,
    settings: Float64Array.from([noise, ...input.numbers, ...query.numbers, ...task.numbers]),
    tables: draws.tables,
    build(inputs, random, context) {
      const { settings } = inputs;
      const ofInput = settings.block(1, input.numbers.length);
      const ofQuery = settings.block(1 + ofInput.length, query.numbers.length);
      const ofTask = settings.block(1 + ofInput.length + ofQuery.length, task.numbers.length);
      const stream = randomStream(random, inputs);
      const pairs = draws.lengths(context, stream);
      const w = task.times(ofTask, stream.normals(features));
      const label = (x: Vector, error: F32): Node<"f32"> =>
        noise === 0 ? dot(x, w) : add(dot(x, w), mul(settings.at(0), error));
      const asked = query.times(ofQuery, coordinates.draw(stream, features));
      const answer = label(asked, stream.normals(1).at(0));
      return {
        features,
        ...pairs,
        pair(j) {
          const { z, e } = draws.draw(j, stream.at(j), features, inputs);
          const x = input.times(ofInput, z);
          return { x, y: label(x, e) };
        },
        query: asked,
        answer,
        task: () => w,
      };
    },
  };
}
