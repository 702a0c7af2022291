import { Draws } from "../math/draws.js";
import { foldIn, keyOf } from "../math/keys.js";
import { nd } from "../math/nd.js";
import type { Key, Mixer, Nd, Prompts, Weights } from "../types.js";

/** The size of the problems that a mixer is checked on. */
export const features = 3;
export const context = 5;
export const batch = 12;

/** Numbers that float32 holds, so that rounding the inputs is no part of an error. */
function numbers(key: Key, count: number, sd = 1): Float64Array {
  const draws = new Draws(key);
  return Float64Array.from({ length: count }, () => Math.fround(sd * draws.normal()));
}

/** Unstructured prompts; where `mixed`, every length from 0 to the longest, with rubbish in place of padding. */
export function randomPrompts(seed: number, mixed: boolean): Prompts {
  const key = keyOf(seed);
  const length = Float64Array.from({ length: batch }, (_, b) => b % (context + 1));
  const [x, y] = [numbers(foldIn(key, "x"), batch * context * features), numbers(foldIn(key, "y"), batch * context)];
  return {
    x: nd(["batch", "context", "feature"], [batch, context, features], x),
    y: nd(["batch", "context", "output"], [batch, context, 1], y),
    query: nd(["batch", "feature"], [batch, features], numbers(foldIn(key, "query"), batch * features)),
    answer: nd(["batch", "output"], [batch, 1], numbers(foldIn(key, "answer"), batch)),
    ...(mixed && { length: nd(["batch"], [batch], length) }),
  };
}

/** Weights of a mixer's shapes without any structure that its start may have, each entry of size `sd`. */
export function randomWeights(mixer: Mixer, seed: number, sd = 0.7): Weights {
  const key = keyOf(seed);
  const shaped = Object.entries(mixer.init(key, features));
  return Object.fromEntries(
    shaped.map(([name, { axes, shape, data }]) => [name, nd(axes, shape, numbers(foldIn(key, name), data.length, sd))]),
  );
}

/** The prompts [from, to) of a batch, of their first `pairs` pairs. */
export function part({ x, y, query, answer }: Prompts, from: number, to: number, pairs: number): Prompts {
  const cut = (data: Nd["data"], width: number): Float64Array =>
    Float64Array.from(
      Array.from({ length: to - from }, (_, b) => [
        ...data.subarray((from + b) * context * width, ((from + b) * context + pairs) * width),
      ]).flat(),
    );
  return {
    x: nd(["batch", "context", "feature"], [to - from, pairs, features], cut(x.data, features)),
    y: nd(["batch", "context", "output"], [to - from, pairs, 1], cut(y.data, 1)),
    query: nd(
      ["batch", "feature"],
      [to - from, features],
      Float64Array.from(query.data.subarray(from * features, to * features)),
    ),
    answer: nd(["batch", "output"], [to - from, 1], Float64Array.from(answer.data.subarray(from, to))),
  };
}

/** The pairs of every prompt turned among each other until nothing is below the diagonal: d + 1 stand for all. */
export function fewPairs({ x, y, query, answer }: Prompts): Prompts {
  const few = features + 1;
  const pairs = Array.from({ length: batch * context }, (_, at) => [
    ...x.data.subarray(at * features, (at + 1) * features),
    y.data[at]!,
  ]);
  for (let b = 0; b < batch; b++)
    for (let column = 0; column < few; column++)
      for (let j = column + 1; j < context; j++) {
        const [above, below] = [pairs[b * context + column]!, pairs[b * context + j]!];
        const length = Math.hypot(above[column]!, below[column]!);
        const [cosine, sine] = [above[column]! / length, below[column]! / length];
        pairs[b * context + column] = above.map((entry, k) => cosine * entry + sine * below[k]!);
        pairs[b * context + j] = above.map((entry, k) => cosine * below[k]! - sine * entry);
      }
  const kept = pairs.filter((_, at) => at % context < few);
  return {
    x: nd(
      ["batch", "context", "feature"],
      [batch, few, features],
      Float64Array.from(kept.flatMap((e) => e.slice(0, features))),
    ),
    y: nd(
      ["batch", "context", "output"],
      [batch, few, 1],
      Float64Array.from(kept, (e) => e[features]!),
    ),
    ...{ query, answer },
    length: nd(["batch"], [batch], new Float64Array(batch).fill(context)),
  };
}
