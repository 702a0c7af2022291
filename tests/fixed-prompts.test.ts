import { fixedPromptsLaw } from "../src/laws/fixed-prompts.js";
import { linearRegressionLaw } from "../src/laws/gaussian-linear.js";
import { keyOf } from "../src/math/keys.js";
import type { Prompts } from "../src/types.js";

const [COUNT, CONTEXT, DRAWS] = [5, 3, 1000];
const law = linearRegressionLaw({ features: 2, noise: 0.5 });
const set = fixedPromptsLaw(law, COUNT, CONTEXT, keyOf(1));

/** Every number of prompt p. */
const told = ({ x, y, query, answer }: Prompts, p: number): number[] => [
  ...x.data.subarray(p * CONTEXT * 2, (p + 1) * CONTEXT * 2),
  ...y.data.subarray(p * CONTEXT, (p + 1) * CONTEXT),
  ...query.data.subarray(p * 2, p * 2 + 2),
  answer.data[p]!,
];

const known = law.draw(keyOf(1), { from: 0, count: COUNT }, CONTEXT);
const drawn = set.draw(keyOf(2), { from: 0, count: DRAWS }, CONTEXT);

test("every prompt is one of the first of the law's stream, to the last bit, and all of them come", () => {
  const counts = new Map(Array.from({ length: COUNT }, (_, p) => [String(told(known, p)), 0]));
  for (let p = 0; p < DRAWS; p++) {
    const prompt = String(told(drawn, p));
    expect(counts.has(prompt)).toBe(true);
    counts.set(prompt, counts.get(prompt)! + 1);
  }
  // Binomial(DRAWS, 1 / COUNT): within five standard deviations.
  const expected = DRAWS / COUNT;
  for (const count of counts.values())
    expect(Math.abs(count - expected)).toBeLessThan(5 * Math.sqrt(expected * (1 - 1 / COUNT)));
});

test("a slice is the same however it is cut, and a shifted set is the set of the shifted law", () => {
  const late = set.draw(keyOf(2), { from: 7, count: 1 }, CONTEXT);
  expect(told(late, 0)).toEqual(told(drawn, 7));
  const shift = { inputScale: 2, taskScale: 3 };
  const shifted = set.shifted(shift).draw(keyOf(2), { from: 0, count: 4 }, CONTEXT);
  const same = fixedPromptsLaw(law.shifted(shift), COUNT, CONTEXT, keyOf(1));
  expect(told(shifted, 3)).toEqual(told(same.draw(keyOf(2), { from: 0, count: 4 }, CONTEXT), 3));
  expect(told(shifted, 0)).not.toEqual(told(drawn, 0));
});

test("a set has a prompt, and prompts of one length", () => {
  expect(() => fixedPromptsLaw(law, 0, CONTEXT, keyOf(1))).toThrow("a whole number of prompts from 1, not 0");
  expect(() => set.draw(keyOf(2), { from: 0, count: 1 }, 4)).toThrow("prompts of 3 pairs, and not of 4");
});
