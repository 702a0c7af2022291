import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { uploadPrompts, uploadWeights } from "../src/backends/upload.js";
import { Draws } from "../src/math/draws.js";
import { foldIn, keyOf } from "../src/math/keys.js";
import { nd } from "../src/math/nd.js";
import type { Backend, Key, Mixer, Nd, OpenTfjs, Prompts, Symmetry, Weights } from "../src/types.js";
import { mixerCases, mixers } from "./mixer-cases.js";
import { tensorGradient } from "./tensor-gradient.js";

const features = 3;
const context = 5;
const batch = 12;

/** Numbers that float32 holds, so that rounding the inputs is no part of an error. */
function numbers(key: Key, count: number, sd = 1): Float64Array {
  const draws = new Draws(key);
  return Float64Array.from({ length: count }, () => Math.fround(sd * draws.normal()));
}

/** Unstructured prompts; where `mixed`, every length from 0 to the longest, with rubbish in place of padding. */
function randomPrompts(seed: number, mixed: boolean): Prompts {
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

/** Weights of a mixer's shapes without any structure that its start may have. */
function randomWeights(mixer: Mixer, seed: number): Weights {
  const key = keyOf(seed);
  const shaped = Object.entries(mixer.init(key, features));
  return Object.fromEntries(
    shaped.map(([name, { axes, shape, data }]) => [
      name,
      nd(axes, shape, numbers(foldIn(key, name), data.length, 0.7)),
    ]),
  );
}

/** The prompts [from, to) of a batch, of their first `pairs` pairs. */
function part({ x, y, query, answer }: Prompts, from: number, to: number, pairs: number): Prompts {
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

const largest = (values: ArrayLike<number>): number => Array.from(values, Math.abs).reduce((a, b) => Math.max(a, b), 0);
const gap = (a: ArrayLike<number>, b: ArrayLike<number>): number => {
  expect(a.length).toBe(b.length);
  return largest(Array.from(a, (value, i) => value - b[i]!));
};

/** The pairs of every prompt turned among each other until nothing is below the diagonal: d + 1 stand for all. */
function fewPairs({ x, y, query, answer }: Prompts): Prompts {
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

/** Changes of a prompt (functions of labels and inputs), and what the prediction must then be. */
const symmetryGap: { readonly [symmetry in Symmetry]: (forward: (prompts: Prompts) => Nd["data"]) => number } = {
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

/** What every file of src/mixers that is a mixer must do on a backend, with each of its own examples of options. */
export function mixerContract(backend: Backend<OpenTfjs>): void {
  test("the folder has mixers, each with examples", () => {
    expect(mixers.length).toBeGreaterThan(0);
    for (const { examples } of mixers) expect(examples.length).toBeGreaterThan(0);
  });

  describe.each(mixerCases({ features, context }))(`${backend.name}: $title`, ({ mixer }) => {
    let open: OpenTfjs;
    beforeAll(async () => {
      const opened = await backend.open();
      if (typeof opened === "string") throw new Error(opened);
      open = opened;
    });
    afterAll(() => open?.close());

    const weights = randomWeights(mixer, 5);
    const names = Object.keys(weights);
    const apply = async (given: Prompts): Promise<Float32Array> => {
      const { tf } = open;
      const answer = tf.tidy(() => mixer.apply(tf, uploadWeights(tf, weights), uploadPrompts(tf, given)));
      expect(answer.shape).toEqual([given.query.shape[0]]);
      const data = (await answer.data()) as Float32Array;
      answer.dispose();
      return data;
    };

    const gradientOf = (prompts: Prompts) => tensorGradient(open.tf, mixer, weights, prompts);

    test.each([
      { lengths: "equal", mixed: false },
      { lengths: "mixed", mixed: true },
    ])(
      "apply agrees with forward within 16 roundoffs of the largest prediction, $lengths lengths",
      async ({ mixed }) => {
        const prompts = randomPrompts(7, mixed);
        const reference = mixer.forward(weights, prompts).data;
        expect(largest(reference)).toBeGreaterThan(0.1);
        expect(gap(await apply(prompts), reference)).toBeLessThan(16 * open.roundoff * largest(reference));
      },
    );

    test("the gradient of the mean squared error is the finite difference of forward, within 32 roundoffs", async () => {
      const prompts = randomPrompts(8, true);
      const answers = prompts.answer.data;
      const loss = (at: Weights): number => {
        const predictions = Array.from(mixer.forward(at, prompts).data);
        return predictions.reduce((sum, prediction, b) => sum + (prediction - answers[b]!) ** 2 / batch, 0);
      };
      const actual = await gradientOf(prompts);
      const differences = names.map((name) =>
        weights[name]!.data.map((_, i) => {
          const step = 2 ** -14;
          const moved = (by: number): number => {
            const { axes, shape, data } = weights[name]!;
            const shifted = Float64Array.from(data, (value, at) => (at === i ? value + by : value));
            return loss({ ...weights, [name]: nd(axes, shape, shifted) });
          };
          return (moved(step) - moved(-step)) / (2 * step);
        }),
      );
      const scale = Math.max(...differences.map(largest));
      expect(scale).toBeGreaterThan(0.1);
      names.forEach((_, i) => {
        expect(gap(actual[i]!, differences[i]!)).toBeLessThan(32 * open.roundoff * scale);
      });
    });

    test("a prompt's answer depends neither on its batch nor on its padding", async () => {
      const mixed = randomPrompts(9, true);
      const together = mixer.forward(weights, mixed).data;
      const applied = await apply(mixed);
      for (let b = 0; b < batch; b++) {
        const alone = part(mixed, b, b + 1, mixed.length!.data[b]!);
        expect(mixer.forward(weights, alone).data[0]).toBe(together[b]);
        expect(gap(await apply(alone), [applied[b]!])).toBeLessThan(16 * open.roundoff * largest(together));
      }
    });

    test("no pairs predict exactly 0", async () => {
      const empty = part(randomPrompts(10, false), 0, batch, 0);
      expect([...mixer.forward(weights, empty).data]).toEqual(new Array(batch).fill(0));
      expect([...(await apply(empty))].map(Math.abs)).toEqual(new Array(batch).fill(0));
    });

    test("it has the symmetries that it declares, and no other", () => {
      const forward = (prompts: Prompts) => mixer.forward(weights, prompts).data;
      const scale = largest(forward(randomPrompts(31, false)));
      for (const [symmetry, measure] of Object.entries(symmetryGap)) {
        const broken = measure(forward) > 64 * 2 ** -53 * scale;
        expect({ symmetry, broken }).toEqual({
          symmetry,
          broken: !mixer.symmetries.includes(symmetry as Symmetry),
        });
      }
    });

    test("the same key gives the same weights, all finite", () => {
      const drawn = mixer.init(keyOf(1), features);
      expect(mixer.init(keyOf(1), features)).toEqual(drawn);
      for (const { data } of Object.values(drawn)) expect(Array.from(data).every(Number.isFinite)).toBe(true);
    });

    test("its products are one KQ (D x D) and one OV (D) a head", () => {
      const { KQ, OV } = mixer.products(weights);
      const [heads] = OV.shape;
      expect(KQ.shape).toEqual([heads, features + 1, features + 1]);
      expect(OV.shape).toEqual([heads, features + 1]);
      expect(KQ.data.length).toBe(heads * (features + 1) ** 2);
    });

    test("apply and its gradient leave no tensor behind", async () => {
      const before = open.tf.memory().numTensors;
      await apply(randomPrompts(11, true));
      await gradientOf(randomPrompts(11, true));
      expect(open.tf.memory().numTensors).toBe(before);
    });
  });
}
