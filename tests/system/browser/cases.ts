import { linearRegressionLaw } from "../../../src/laws/gaussian-linear.js";
import { normals } from "../../../src/math/draws.js";
import { foldIn, keyOf } from "../../../src/math/keys.js";
import linear from "../../../src/mixers/linear-attention.js";
import softmax from "../../../src/mixers/softmax-attention.js";
import type { Mixer, Prompts, Trial, Weights } from "../../../src/types.js";

/** What the page and Node both compute, each on its own, from nothing but this text. */
export interface Case {
  readonly title: string;
  /** A few steps of training. */
  readonly trial: Trial;
  /** Weights without structure, and prompts of mixed lengths, to predict. */
  readonly weights: Weights;
  readonly prompts: Prompts;
}

const features = 3;
const context = { uniform: [0, 6] } as const;
const law = linearRegressionLaw({ features, noise: 0.5 });

/** Rounded to float32, so that uploading them adds no error of its own. */
const rounded = (data: ArrayLike<number>): Float64Array => Float64Array.from(data, Math.fround);

function caseOf(title: string, mixer: Mixer): Case {
  const key = keyOf(5);
  const drawn = Object.entries(mixer.init(key, features));
  const weights = drawn.map(([name, weight]) => [
    name,
    { ...weight, data: rounded(normals(foldIn(key, name), weight.data.length)) },
  ]);
  const { x, y, query, ...rest } = law.draw(foldIn(key, "prompts"), { from: 0, count: 16 }, context);
  const prompts: Prompts = {
    ...rest,
    x: { ...x, data: rounded(x.data) },
    y: { ...y, data: rounded(y.data) },
    query: { ...query, data: rounded(query.data) },
  };
  const schedule: Trial["schedule"] = {
    ...{ steps: 3, batch: 16, rate: 0.1, clip: 1, warmup: 0, decay: "constant", lossFactor: 1 },
    optimizer: { kind: "sgd", momentum: 0.9 },
  };
  const trial = { mixer, law, context, schedule, key, record: [0, 1, 2] };
  return { title, trial, weights: Object.fromEntries(weights), prompts };
}

export function casesOf(): Case[] {
  const site = { features, context };
  return [
    caseOf("linear attention", linear.make(linear.options.parse({ init: { scale: 0.5 } }), site)),
    caseOf(
      "two-head softmax attention",
      softmax.make(softmax.options.parse({ heads: 2, weights: "factored", init: { uniform: "fan-in" } }), site),
    ),
  ];
}
