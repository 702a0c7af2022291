import { type Autoregression, autoregressiveLaw } from "../../src/laws/autoregressive.js";
import { fixedCoefficients } from "../../src/laws/series-coefficients.js";
import linearAttention from "../../src/mixers/linear-attention.js";
import softmaxAttention from "../../src/mixers/softmax-attention.js";
import stack from "../../src/mixers/stack.js";
import type { Law, Mixer, Schedule, Site } from "../../src/types.js";

/**
 * The series of Figure 2, from the paper's generator with seed 42 at order 5 (reference.py), in units of its noise, and the
 * pairs m of its history n = 8.
 */
export const FIGURE_2 = [-0.5699, -0.3524, 0.0446, -0.1225, -0.3758];
export const figure2Law: Law<Autoregression> = autoregressiveLaw({ coefficients: fixedCoefficients(FIGURE_2) });
export const FIGURE_2_PAIRS = 3;

/** What is trained on it: the paper's layer, a plain softmax, and the softmax of its code, whose query is a sink. */
export const HEADS = ["lsa", "softmax", "softmax-sink"] as const;

/** One of them. The code's further division by m is in OV. */
export function headOf(name: (typeof HEADS)[number], site: Site): Mixer {
  const init = { scale: 0.3 };
  if (name === "lsa") return linearAttention.make(linearAttention.options.parse({ init }), site);
  const sink = name === "softmax" ? {} : { sink: "query" };
  return softmaxAttention.make(softmaxAttention.options.parse({ ...sink, init }), site);
}

/** Layers L of the stacks of Figure 1(f); one layer has a closed form. */
export const DEPTHS = [1, 2, 3];

/** L layers of linear attention, each with its own weights. */
export function stackOf(depth: number, site: Site): Mixer {
  return stack.make(stack.options.parse({ depth, init: { scale: 0.3 } }), site);
}

/** To the end of training, from a published schedule's other settings. */
export function variantSchedule(base: Schedule, part: "softmax" | "depth"): Schedule {
  return part === "softmax" ? { ...base, steps: 4000, rate: 0.01 } : { ...base, steps: 4000, batch: 256, rate: 0.01 };
}
