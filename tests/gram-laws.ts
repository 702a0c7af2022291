import { expect } from "@jest/globals";
import { drawn } from "../src/laws/drawn.js";
import { linearRegressionLaw } from "../src/laws/gaussian-linear.js";
import { keyOf } from "../src/math/keys.js";
import { Moments } from "../src/math/moments.js";
import linear from "../src/mixers/linear-attention.js";
import type { Law, PromptProgram, Rows } from "../src/types.js";

export const covariance: Rows = [
  [2, 0.5, 0],
  [0.5, 1, 0.3],
  [0, 0.3, 0.5],
];
export const noisy = linearRegressionLaw({ features: 3, noise: 0.5, covariance });
export const noiseless = linearRegressionLaw({ features: 3, covariance });

export function gramOf(law: Law, context: number): PromptProgram {
  const text = law.gram!(context);
  if (typeof text === "string") throw new Error(text);
  return text;
}

export const mixerAt = (context: number) =>
  linear.make(linear.options.parse({ init: { structured: 0.4 } }), { features: 3, context });

/** What a fixed mixer is off by on each prompt of `draw`, squared. */
function losses(draw: Law["draw"], count: number, context: number): Float64Array {
  const mixer = mixerAt(context);
  const prompts = draw(keyOf(11), { from: 0, count }, context);
  return mixer
    .forward(mixer.init(keyOf(0), 3), prompts)
    .data.map((p, b) => (p - prompts.answer.data[b]!) ** 2) as Float64Array;
}

/** The layer's risk on Gram matrices of a law is its risk on the law's pairs, within 4 standard errors. */
export function expectSameRisk(law: Law, context: number, count: number): void {
  const pairs = losses(law.draw, count, context);
  const gram = losses(drawn(gramOf(law, context), 3), count, context);
  const moments = new Moments(2);
  for (let b = 0; b < count; b++) moments.add([pairs[b]!, pairs[b]! - gram[b]!]);
  expect(Math.abs(moments.mean(1))).toBeLessThan(4 * moments.standardError(1));
  // What would be seen: a risk that is off by a twenty-fifth.
  expect(4 * moments.standardError(1)).toBeLessThan(0.04 * moments.mean(0));
}
