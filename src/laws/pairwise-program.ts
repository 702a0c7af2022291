import { add, mul } from "../kernels/arithmetic.js";
import type { Block } from "../kernels/inputs.js";
import type { F32 } from "../kernels/node.js";
import type { Inputs } from "../kernels/program.js";
import { randomStream, type Stream } from "../kernels/random.js";
import { type Vector, vector } from "../kernels/vector.js";
import type { PromptProgram } from "../types.js";
import { drawPairs } from "./lengths.js";
import type { Scales } from "./scales.js";

/** What is drawn once a prompt: how inputs come from standard normals, and labels without noise from inputs. */
export interface OpenPrompt {
  input(z: Vector): Vector;
  label(x: Vector): F32;
  /** w of label(x) = w . x, where labels are linear, made when it is asked for. */
  task?(): Vector;
  /** What becomes of a context pair's label, with more draws of the pair's stream; the label itself where left out. */
  spoiled?(label: F32, own: Stream): F32;
}

/** A law whose pairs are i.i.d. given what `open` draws. */
export interface Pairwise {
  readonly features: number;
  readonly noise: number;
  readonly scales: Scales;
  /** Names the text of `open`: equal names are equal texts. */
  readonly structure: string;
  /** Numbers that `open` reads, and data by name. */
  readonly settings?: readonly number[];
  readonly tables?: PromptProgram["tables"];
  open(
    stream: Stream,
    given: { readonly settings: Block; readonly taskScale: F32; readonly inputs: Inputs },
  ): OpenPrompt;
}

/**
 * Such a law in the kernel language. Its draws lie in the order
 *
 *   the prompt's stream: length | what `open` draws | z of the query | e of the query
 *   the stream of pair j:         z_j | e_j | what `spoiled` draws
 *
 * so that a longer context continues a shorter one, and neither noise, scales nor lengths move a draw. Scaled inputs have
 * the labels of what they are, as they come before the label.
 */
export function pairwiseProgram(law: Pairwise): PromptProgram {
  const { features, noise, scales, settings = [], tables = {} } = law;
  return {
    structure: `${law.structure}, ${features} features, ${noise === 0 ? "no noise" : "noise"}`,
    settings: Float64Array.from([noise, scales.input, scales.input * scales.query, scales.task, ...settings]),
    tables,
    build(inputs, random, context) {
      const of = inputs.settings;
      const stream = randomStream(random, inputs);
      const pairs = drawPairs(context, stream);
      const given = { settings: of.block(4, settings.length), taskScale: of.at(3), inputs };
      const prompt = law.open(stream, given);
      const sized = (x: Vector, scale: F32) => vector(features, (i) => mul(scale, x.at(i)));
      const noisy = (label: F32, e: F32) => (noise === 0 ? label : add(label, mul(of.at(0), e)));
      const query = sized(prompt.input(stream.normals(features)), of.at(2));
      const answer = noisy(prompt.label(query), stream.normals(1).at(0));
      return {
        features,
        ...pairs,
        pair(j) {
          const own = stream.at(j);
          const x = sized(prompt.input(own.normals(features)), of.at(1));
          const label = noisy(prompt.label(x), own.normals(1).at(0));
          return { x, y: prompt.spoiled ? prompt.spoiled(label, own) : label };
        },
        query,
        answer,
        ...(prompt.task && { task: prompt.task }),
      };
    },
  };
}
