import { keyOf } from "../math/keys.js";
import { nd } from "../math/nd.js";
import { unknownName } from "../names/nearest.js";
import type { Mixer, Nd, Weights } from "../types.js";
import type { Arrays, FileArray } from "./arrays.js";
import { WeightsError } from "./weights-error.js";

/** The text of a file that says what its arrays are weights of, as JSON: a file without needs a layout. */
export const MODEL_TEXT = "iclab-model";

/**
 * The arrays of a file as weights of a mixer: names, shapes and order are those of `mixer.init`. An axis of heads or
 * layers may be left out where it has one entry.
 *
 * @throws WeightsError, naming the tensor, where one is missing, has another shape, is not finite, or is none of the
 * mixer's.
 */
export function weightsOf(mixer: Mixer, { arrays }: Arrays, features: number): Weights {
  const expected = Object.entries(mixer.init(keyOf(0), features));
  const names = expected.map(([name]) => name);
  const stranger = [...arrays.keys()].find((name) => !names.includes(name));
  if (stranger !== undefined)
    throw new WeightsError(
      unknownName(`the file holds tensor ${stranger}, which ${mixer.name} has not`, names, stranger),
    );
  return Object.fromEntries(
    expected.map(([name, like]) => [name, shaped(name, like, arrays.get(name), mixer, features)]),
  );
}

/** Weights as the arrays of a file, with a text that says what they are weights of. */
export function arraysOf(weights: Weights, model: unknown): Arrays {
  const arrays = Object.entries(weights).map(
    ([name, { shape, data }]) => [name, { shape, data: Float64Array.from(data) }] as const,
  );
  return { arrays: new Map(arrays), texts: { [MODEL_TEXT]: JSON.stringify(model) } };
}

function shaped(name: string, like: Nd, found: FileArray | undefined, mixer: Mixer, features: number): Nd {
  const { axes, shape } = like;
  const short = shape.filter((extent, i) => !(extent === 1 && (axes[i] === "head" || axes[i] === "layer")));
  const allowed = `(${axes.join(", ")}) = (${shape.join(", ")})${
    short.length < shape.length ? ` or (${short.join(", ")})` : ""
  }`;
  if (!found) throw new WeightsError(`the file has no tensor ${name}, which ${mixer.name} needs: ${allowed}`);
  if (![shape, short].some((each) => String(each) === String(found.shape)))
    throw new WeightsError(
      `tensor ${name} has shape (${found.shape.join(", ")}); with ${features} features it is ${allowed}`,
    );
  if (!found.data.every(Number.isFinite)) throw new WeightsError(`tensor ${name} holds numbers that are not finite`);
  return nd(axes, shape as number[], found.data);
}
