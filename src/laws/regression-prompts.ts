import { Draws } from "../math/draws.js";
import { foldIn } from "../math/keys.js";
import { linearMap } from "../math/linear-map.js";
import { nd } from "../math/nd.js";
import type { Key, Lengths, Prompts, Rows, Slice } from "../types.js";
import { drawLength, longest } from "./lengths.js";

/** What prompts of linear regression are drawn from: context x = input z, query = query z, w = task g, all d x d. */
export interface Sampler {
  readonly features: number;
  /** Standard deviation of the label noise. */
  readonly noise: number;
  /** Draws one unit-variance coordinate of z; g is standard normal. */
  coordinate(draws: Draws): number;
  readonly roots: { readonly input: Rows; readonly query: Rows; readonly task: Rows };
}

/**
 * The prompts [from, from + count) of the stream `key`. Each prompt has three streams of its own: contents (task,
 * query, then pair after pair), noise (the query's label first) and length. So a longer context continues a shorter
 * one, and neither the noise nor a range of lengths moves the tasks and inputs. `length` is set for ranges only.
 */
export function drawRegression(sampler: Sampler, key: Key, { from, count }: Slice, context: Lengths): Prompts {
  const { features, noise, roots } = sampler;
  const most = longest(context);
  const x = new Float64Array(count * most * features);
  const y = new Float64Array(count * most);
  const query = new Float64Array(count * features);
  const answer = new Float64Array(count);
  const length = new Float64Array(count);
  const contents = new Draws(foldIn(key, "contents"));
  const noises = new Draws(foldIn(key, "noise"));
  const lengths = new Draws(foldIn(key, "length"));
  const [toInput, toQuery, toTask] = [linearMap(roots.input), linearMap(roots.query), linearMap(roots.task)];
  const z = new Float64Array(features);
  const w = new Float64Array(features);
  const drawCoordinates = () => {
    for (let i = 0; i < features; i++) z[i] = sampler.coordinate(contents);
  };
  const label = (inputs: Float64Array, at: number) => {
    let total = noise === 0 ? 0 : noise * noises.normal();
    for (let i = 0; i < features; i++) total += w[i]! * inputs[at + i]!;
    return total;
  };
  for (let b = 0; b < count; b++) {
    for (const stream of [contents, noises, lengths]) stream.restart(from + b);
    length[b] = drawLength(context, lengths);
    for (let i = 0; i < features; i++) z[i] = contents.normal();
    toTask(z, w, 0);
    drawCoordinates();
    toQuery(z, query, b * features);
    answer[b] = label(query, b * features);
    for (let j = 0; j < length[b]!; j++) {
      const pair = b * most + j;
      drawCoordinates();
      toInput(z, x, pair * features);
      y[pair] = label(x, pair * features);
    }
  }
  return {
    x: nd(["batch", "context", "feature"], [count, most, features], x),
    y: nd(["batch", "context", "output"], [count, most, 1], y),
    query: nd(["batch", "feature"], [count, features], query),
    answer: nd(["batch", "output"], [count, 1], answer),
    ...(typeof context === "number" ? {} : { length: nd(["batch"], [count], length) }),
  };
}
