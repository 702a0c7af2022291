import { describe, expect, test } from "@jest/globals";
import { defaultRandom } from "../src/kernels/random.js";
import { randomNames } from "../src/laws/random-names.js";
import { normalCdf } from "../src/math/distributions.js";
import { foldIn, keyOf, threefry2x32 } from "../src/math/keys.js";
import { Moments } from "../src/math/moments.js";
import { batchOf } from "../src/training/batch.js";
import { features, law, trialOf } from "./engine-trials.js";

/**
 * jax.random.bits of JAX 0.11.2 with jax_threefry_partitionable=False: of size counters 0 .. size - 1 in two halves, the
 * second padded with a 0, element i is the first word of (i, h + i) and element h + i the second.
 */
const halves = [
  {
    seed: 0,
    bits: [2285895361, 1501764800, 1518642379, 4090693311, 433833334, 4221794875, 839183663, 3740430601],
  },
  {
    seed: 1234567,
    bits: [2331981740, 2433115481, 2247557874, 4194039878, 4146509510, 714711744, 1266384606],
  },
] as const;

/** The same with jax_threefry_partitionable=True: element i is the exclusive or of the two words of (0, i). */
const partitionable = [
  {
    seed: 0,
    bits: [4070199207, 4202968722, 1427181096, 2012915765, 2447653815, 710830403, 1332275837, 2961296638],
  },
  {
    seed: 1234567,
    bits: [2510096734, 1328287751, 1761877457, 1286841485, 2111406442, 2495340195, 1185428205],
  },
] as const;

test.each(halves)(
  "threefry2x32's words are jax.random.bits of PRNGKey($seed) in the layout of two halves",
  (stored) => {
    const { seed, bits } = stored;
    const half = Math.ceil(bits.length / 2);
    const words = Array.from({ length: half }, (_, i) =>
      threefry2x32([0, seed], [i, half + i < bits.length ? half + i : 0]),
    );
    expect([...words.map(([first]) => first), ...words.map(([, second]) => second)].slice(0, bits.length)).toEqual(
      bits,
    );
  },
);

test.each(partitionable)("in the partitionable layout they are both words in one: PRNGKey($seed)", ({ seed, bits }) => {
  const words = bits.map((_, i) => threefry2x32([0, seed], [0, i]));
  expect(words.map(([first, second]) => (first ^ second) >>> 0)).toEqual(bits);
});

describe("the prompts of a trial", () => {
  const context = 4;
  const trial = trialOf({ context, key: keyOf(8) }, { batch: 6 });

  test("by threefry20-erfinv are JAX's normals of the counters that docs/kernels.md names", () => {
    const { x, query } = batchOf({ ...trial, random: "threefry20-erfinv" }, 3);
    const key = foldIn(foldIn(trial.key, "prompts"), 3);
    /** d normals of a prompt from slot `slot` on, as probabilities: the middle of the word's upper 23 bits. */
    const probabilities = (prompt: number, slot: number, index: number) =>
      [0, 1]
        .flatMap((block) => threefry2x32(key, [prompt, (slot + block) * 2 ** 16 + index]))
        .slice(0, features)
        .map((word) => ((word >>> 9) + 0.25) / 2 ** 23);
    const drawn = Array.from({ length: 6 }, (_, b) => [
      // The prompt's stream: 1 block for the length, 2 for the task's 3 normals, then the query.
      ...[...query.data.subarray(3 * b, 3 * b + 3)].map((z, i) => [z, probabilities(b, 3, 0)[i]!]),
      ...[...x.data.subarray(12 * b, 12 * b + 12)].map((z, k) => [
        z,
        probabilities(b, 0, Math.floor(k / 3) + 1)[k % 3]!,
      ]),
    ]).flat() as [number, number][];
    expect(drawn).toHaveLength(6 * 15);
    // XLA's polynomial is right to some 4e-7 of z, and the density of z moves probabilities by less.
    for (const [z, probability] of drawn) expect(Math.abs(normalCdf(z) - probability)).toBeLessThan(4e-7);
  });

  test("are drawn by the default where nothing is said, as evaluation always draws", () => {
    const usual = batchOf(trial, 3);
    expect(batchOf({ ...trial, random: defaultRandom }, 3)).toEqual(usual);
    expect(law.draw(foldIn(foldIn(trial.key, "prompts"), 3), { from: 0, count: 6 }, context)).toEqual(usual);
  });

  test.each(randomNames)("have unit variance and noise 0.3 by %s, and numbers of its own", (random) => {
    const many = trialOf({ context, random }, { batch: 10_000 });
    const { x, y } = batchOf(many, 1);
    const moments = new Moments(2);
    for (let k = 0; k < y.data.length; k++) moments.add([x.data[3 * k]! ** 2, y.data[k]! ** 2]);
    // Pairs of one prompt share its task: as if there were but one.
    expect(Math.abs(moments.mean(0) - 1)).toBeLessThan(4 * moments.standardError(0));
    expect(Math.abs(moments.mean(1) - 3.09)).toBeLessThan(4 * Math.sqrt(context) * moments.standardError(1));
    for (const other of randomNames.filter((name) => name !== random))
      expect(batchOf({ ...trial, random: other }, 1).x).not.toEqual(batchOf({ ...trial, random }, 1).x);
  });
});
