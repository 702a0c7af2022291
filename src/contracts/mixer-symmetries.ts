import type { Nd, Prompts, Symmetry } from "../types.js";
import { gap } from "./gap.js";
import { context, features, fewPairs, randomPrompts } from "./mixer-prompts.js";

type Forward = (prompts: Prompts) => Nd["data"];

/** How far a mixer is from each symmetry: a change of prompts, and what the prediction must then be. */
export const symmetryGap: { readonly [symmetry in Symmetry]: (forward: Forward) => number } = {
  "context-permutation": (forward) => {
    const prompts = randomPrompts(31, false);
    const turned = (array: Nd["data"], width: number) =>
      array.map((_, at) => {
        const b = Math.floor(at / (context * width));
        const j = Math.floor(at / width) % context;
        return array[(b * context + ((j + 2) % context)) * width + (at % width)]!;
      });
    const x = { ...prompts.x, data: turned(prompts.x.data, features) };
    return gap(forward({ ...prompts, x, y: { ...prompts.y, data: turned(prompts.y.data, 1) } }), forward(prompts));
  },
  "context-rotation": (forward) => {
    const prompts = randomPrompts(36, false);
    return gap(forward(fewPairs(prompts)), forward(prompts));
  },
  "feature-rotation": (forward) => {
    const prompts = randomPrompts(32, false);
    const [cosine, sine] = [Math.cos(1), Math.sin(1)];
    const rotated = (array: Nd["data"]) =>
      array.map((value, at) =>
        at % features === 0
          ? cosine * value - sine * array[at + 1]!
          : at % features === 1
            ? sine * array[at - 1]! + cosine * value
            : value,
      );
    const x = { ...prompts.x, data: rotated(prompts.x.data) };
    const query = { ...prompts.query, data: rotated(prompts.query.data) };
    return gap(forward({ ...prompts, x, query }), forward(prompts));
  },
  "label-linear": (forward) => {
    const [one, other] = [randomPrompts(33, false), randomPrompts(34, false)];
    const labelled = (data: Nd["data"]) => forward({ ...one, y: { ...one.y, data } });
    const both = labelled(one.y.data.map((label, at) => 2 * label - 3 * other.y.data[at]!));
    const apart = labelled(other.y.data);
    return gap(
      both,
      labelled(one.y.data).map((prediction, b) => 2 * prediction - 3 * apart[b]!),
    );
  },
  "label-shift": (forward) => {
    const prompts = randomPrompts(35, false);
    const y = { ...prompts.y, data: prompts.y.data.map((label) => label + 2) };
    return gap(
      forward({ ...prompts, y }),
      forward(prompts).map((prediction) => prediction + 2),
    );
  },
};
