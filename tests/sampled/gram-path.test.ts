import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import tfjsCpu from "../../src/backends/tfjs-cpu.js";
import type { OpenCpu } from "../../src/engine/cpu/backend.js";
import { add, mul } from "../../src/kernels/arithmetic.js";
import { float64 } from "../../src/kernels/float64.js";
import { instantiate } from "../../src/kernels/instance.js";
import { loop } from "../../src/kernels/loop.js";
import type { F32 } from "../../src/kernels/node.js";
import { type Program, program } from "../../src/kernels/program.js";
import { defaultRandom, randomStream } from "../../src/kernels/random.js";
import { wasm } from "../../src/kernels/webassembly.js";
import { drawingProgram, drawn } from "../../src/laws/drawn.js";
import { linearRegressionLaw, type Settings } from "../../src/laws/gaussian-linear.js";
import { gramProgram } from "../../src/laws/gram-program.js";
import { rotatedPairs } from "../../src/laws/rotated-pairs.js";
import { keyOf, split } from "../../src/math/keys.js";
import { Moments } from "../../src/math/moments.js";
import { flatten, layoutOf } from "../../src/training/flat-weights.js";
import { train } from "../../src/training/train.js";
import type { Law, Trial } from "../../src/types.js";
import { openCpu, softmaxMixer, trained, trialOf } from "../engine-trials.js";
import { covariance, expectSameRisk, gramOf, mixerAt, noiseless, noisy } from "../gram-laws.js";

/** Places (a, b), a <= b, of a symmetric matrix. */
const places = (size: number) =>
  Array.from({ length: size }, (_, a) => Array.from({ length: size - a }, (__, b) => [a, a + b] as const)).flat();

/** The Gram matrix of the columns (z, e), as a program: entries with a <= b. */
function gramEntries(n: number, features: number, columns: number): Program {
  const pairs = rotatedPairs(n, features, columns);
  const entries = places(columns);
  return program({ tables: { chi: pairs.tables.chi!.length } }, (inputs) => {
    const stream = randomStream(defaultRandom, inputs);
    const { pairs: count } = pairs.lengths(n, stream);
    return loop(
      count,
      entries.map(() => 0),
      (j, sums) => {
        const { z, e } = pairs.draw(j, stream.at(j), features, inputs);
        const column = (i: number): F32 => (i < features ? z.at(i) : e);
        return entries.map(([a, b], k) => add(sums[k]!, mul(column(a), column(b))));
      },
    );
  });
}

describe.each([
  [4, 2, 3],
  [20, 2, 3],
  [20, 3, 3],
  [1000, 2, 3],
])("the Gram matrix of %d pairs, %d features, %d columns", (n, features, columns) => {
  const entries = places(columns);
  const { tables } = rotatedPairs(n, features, columns);

  test("has Wishart's mean n I and covariance n (I I + I I)", () => {
    const count = 15_000;
    const drawn = float64(gramEntries(n, features, columns)).each(
      { parameters: [], tables, key: keyOf(n + features) },
      0,
      count,
    );
    const one = (a: number, b: number) => (a === b ? 1 : 0);
    const products = places(entries.length);
    const moments = new Moments(entries.length + products.length);
    for (let at = 0; at < drawn.length; at += entries.length) {
      const centred = entries.map(([a, b], k) => drawn[at + k]! - n * one(a, b));
      moments.add([...centred, ...products.map(([k, l]) => centred[k]! * centred[l]!)]);
    }
    const expected = [
      ...entries.map(() => 0),
      ...products.map(([k, l]) => {
        const [[a, b], [c, d]] = [entries[k]!, entries[l]!];
        return n * (one(a, c) * one(b, d) + one(a, d) * one(b, c));
      }),
    ];
    const scores = expected.map((value, k) => (moments.mean(k) - value) / moments.standardError(k));
    expect(scores).toHaveLength(6 + 21);
    // 4.5 standard errors: one of these 27 numbers is beyond them in one of 5000 tests.
    expect(Math.max(...scores.map(Math.abs))).toBeLessThan(4.5);
  });
});

test.each([
  ["5 pairs", noisy, 5, 30_000],
  ["20 pairs without noise", noiseless, 20, 20_000],
])("a layer's risk on Gram matrices is its risk on pairs, tasks and queries in common: %s", (_, law, context, count) =>
  expectSameRisk(law, context, count),
);

test("tasks, queries and answers are those of the pairs; inputs and labels stand for as many pairs as were asked for", () => {
  const key = keyOf(3);
  const [pairs, gram] = [noisy.draw, drawn(gramOf(noisy, 50), 3)].map((draw) => draw(key, { from: 7, count: 5 }, 50));
  expect(gram!.query).toEqual(pairs!.query);
  expect(gram!.answer).toEqual(pairs!.answer);
  expect(gram!.x.shape).toEqual([5, 4, 3]);
  expect([...gram!.length!.data]).toEqual(Array(5).fill(50));
  // Below the diagonal of R there is nothing: the last row is noise only.
  expect([...gram!.x.data.subarray(9, 12)]).toEqual([0, 0, 0]);
  expect(Math.abs(gram!.y.data[3]!)).toBeGreaterThan(1);
});

test("no more pairs than columns are the pairs themselves", () => {
  expect([0, 1, 4].map((context) => noisy.gram!(context))).toEqual(Array(3).fill(noisy.program));
  expect([0, 3].map((context) => noiseless.gram!(context))).toEqual(Array(2).fill(noiseless.program));
  expect(gramOf(noisy, 5).structure).not.toBe(noisy.program.structure);
  expect(gramOf(noiseless, 4).structure).not.toBe(noiseless.program.structure);
});

test.each<[string, Omit<Settings, "features">, number, number, number]>([
  ["noise and a full covariance", { noise: 0.5, covariance }, 3, 20, 32],
  ["no noise", {}, 3, 20, 32],
  ["rolled vectors", { noise: 0.5, covariance }, 3, 1000, 2],
  ["many features", { noise: 0.1 }, 40, 100, 16],
])("float32 on WebAssembly draws float64's Gram matrices up to rounding: %s", (...at) => {
  const [, given, features, n, unroll] = at;
  const law = linearRegressionLaw({ features, ...given });
  const { tables, settings, ...text } = gramOf(law, n);
  const of = drawingProgram({ tables, settings, ...text }, features, n);
  const values = { parameters: [], settings, tables, key: keyOf(5) };
  const exact = float64(of).each(values, 5, 105);
  const rounded = instantiate(wasm(of, { unroll })).each(values, 5, 105);
  const width = exact.length / 100;
  // A label is a sum of products as large as the prompt's largest numbers.
  const largest = Array.from({ length: 100 }, (_, b) =>
    exact.subarray(b * width, (b + 1) * width).reduce((most, value) => Math.max(most, Math.abs(value)), 0),
  );
  const beyond = exact.filter(
    (value, k) => !(Math.abs(value - rounded[k]!) <= 16 * 2 ** -24 * largest[Math.floor(k / width)]!),
  );
  expect(exact.every(Number.isFinite)).toBe(true);
  expect([...beyond]).toEqual([]);
});

describe("trained", () => {
  let engine: OpenCpu;
  beforeAll(async () => {
    engine = await openCpu(2);
  });
  afterAll(() => engine.close());

  test.each([5, 20, 1000])("on %d pairs, weights are those of the plain path in mean and spread", async (context) => {
    const seeds = 24;
    const of = (prompts: "pairs" | "gram"): Trial[] =>
      split(keyOf(prompts === "gram" ? 1 : 2), seeds).map((key) =>
        trialOf({ law: noisy, context, mixer: mixerAt(context), key, prompts }, { steps: 40, batch: 32 }),
      );
    const collected = async (trials: readonly Trial[]) => {
      const weights = (await trained(engine, trials)).map(({ weights }) => flatten(layoutOf(weights), weights));
      const moments = new Moments(weights[0]!.length);
      for (const one of weights) moments.add(one);
      return moments;
    };
    const [pairs, gram] = [await collected(of("pairs")), await collected(of("gram"))];
    let [compared, squares] = [0, 0];
    for (let k = 0; k < pairs.quantities; k++) {
      const [one, other] = [pairs.standardError(k), gram.standardError(k)];
      if (one === 0 && other === 0) continue;
      compared++;
      const score = (pairs.mean(k) - gram.mean(k)) / Math.hypot(one, other);
      squares += score ** 2;
      expect(Math.abs(score)).toBeLessThan(4.5);
      // Their spread over seeds: ln of the ratio of two variances of 24 has standard deviation 2 / sqrt(23).
      expect(Math.abs(2 * Math.log(one / other)) / (2 / Math.sqrt(seeds - 1))).toBeLessThan(4.5);
    }
    // Column 4 of KQ has no gradient; of the rest, the mean square score is about 1.
    expect(compared).toBe(16);
    expect(squares / compared).toBeLessThan(3);
  });

  test("is refused in a sentence, before any trial begins, by either trainer", async () => {
    const opened = await tfjsCpu.open();
    if (typeof opened === "string") throw new Error(opened);
    const rademacher = linearRegressionLaw({ features: 3, inputs: "rademacher" });
    const cases: readonly [Partial<Trial>, string][] = [
      [{ mixer: softmaxMixer }, "softmax-attention reads more of the pairs than their number and their Gram matrix"],
      [{ law: rademacher }, "only Gaussian inputs can be drawn as a Gram matrix, and these are rademacher"],
      [{ context: { uniform: [1, 6] } }, "a Gram matrix is drawn for one context length, and these are mixed"],
      [{ law: withoutGram(noisy) }, "gaussian-linear can only be drawn pair by pair"],
    ];
    for (const [change, why] of cases) {
      const trials = [trialOf({ record: [0] }), trialOf({ ...change, prompts: "gram" })];
      const sentence = `prompts: gram is not possible here: ${why}`;
      await expect(trained(engine, trials)).rejects.toThrow(new RangeError(sentence));
      const first = train(trials, { backend: opened })[Symbol.asyncIterator]().next();
      await expect(first).rejects.toThrow(new RangeError(sentence));
    }
    await opened.close();
  });
});

function withoutGram({ gram: _, ...law }: Law): Law {
  return law;
}

test("a mixer that rotation of the pairs changes has no Gram program", () => {
  expect(gramProgram(noisy, mixerAt(20), 20)).toMatchObject({ structure: gramOf(noisy, 20).structure });
  expect(typeof gramProgram(noisy, softmaxMixer, 20)).toBe("string");
});
