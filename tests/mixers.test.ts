import { describe, expect, test } from "@jest/globals";
import tfjsCpu from "../src/backends/tfjs-cpu.js";
import tfjsWasm from "../src/backends/tfjs-wasm.js";
import { uploadPrompts, uploadWeights } from "../src/backends/upload.js";
import { normals } from "../src/math/draws.js";
import { foldIn, keyOf } from "../src/math/keys.js";
import { nd } from "../src/math/nd.js";
import { drawWeights } from "../src/mixers/initial-weights.js";
import linear from "../src/mixers/linear-attention.js";
import softmax from "../src/mixers/softmax-attention.js";
import type { Mixer, Nd, Prompts, Weights } from "../src/types.js";

/** One prompt of given pairs ([x_1, ..., x_d], y) and a query. */
function promptOf(pairs: readonly (readonly [readonly number[], number])[], query: readonly number[]): Prompts {
  const [n, d] = [pairs.length, query.length];
  return {
    x: nd(["batch", "context", "feature"], [1, n, d], Float64Array.from(pairs.flatMap(([x]) => x))),
    y: nd(
      ["batch", "context", "output"],
      [1, n, 1],
      Float64Array.from(pairs, ([, y]) => y),
    ),
    query: nd(["batch", "feature"], [1, d], Float64Array.from(query)),
    answer: nd(["batch", "output"], [1, 1]),
  };
}

/** Merged weights from rows: KQ and OV of each head. */
function mergedWeights(...heads: { readonly KQ: readonly number[][]; readonly OV: readonly number[] }[]): Weights {
  const D = heads[0]!.OV.length;
  return {
    KQ: nd(["head", "key", "query"], [heads.length, D, D], Float64Array.from(heads.flatMap(({ KQ }) => KQ.flat()))),
    OV: nd(["head", "token"], [heads.length, D], Float64Array.from(heads.flatMap(({ OV }) => [...OV]))),
  };
}

/** A head whose KQ is diagonal and whose value is `mu` times the label. */
const diagonal = (entries: readonly [number, number, number], mu: number) => ({
  KQ: entries.map((entry, a) => entries.map((_, b) => (a === b ? entry : 0))),
  OV: [0, 0, mu],
});

const linearOf = (options: unknown, context: Parameters<typeof linear.make>[1]["context"] = 3): Mixer =>
  linear.make(linear.options.parse(options), { features: 2, context });
const softmaxOf = (options: unknown): Mixer =>
  softmax.make(softmax.options.parse(options), { features: 2, context: 3 });

const prompt = promptOf(
  [
    [[1, 2], 3],
    [[0, -1], 5],
    [[4, 1], -2],
  ],
  [2, 1],
);
/** Preconditioned gradient descent: KQ = [[A, 0], [0, 0]], OV = (0, 0, 1). */
const step = mergedWeights(diagonal([0.5, 2, 0], 1));

describe("linear attention", () => {
  test("with KQ = [[A, 0], [0, 0]] and OV = (0, 1) is one step of gradient descent, without a minus sign", () => {
    // sum_j y_j x_j = (3 + 0 - 8, 6 - 5 - 2) = (-5, -1); x_q^T A (-5, -1) = 2 * .5 * -5 + 1 * 2 * -1 = -7; n = 3.
    expect(linearOf({}).forward(step, prompt).data[0]).toBeCloseTo(-7 / 3, 14);
  });

  test.each([
    ["own", -7 / 3],
    ["trained", -7 / 6],
    ["none", -7],
  ])("normalize: %s divides by the prompt's length, by the training length 6, or not at all", (normalize, right) => {
    expect(linearOf({ normalize }, 6).forward(step, prompt).data[0]).toBeCloseTo(right, 14);
  });

  test("reads every entry of KQ and OV but the query's empty label", () => {
    // e = (1, 2, 3), e_q = (2, 1, 0). KQ e_q = (1*2 + 2, 4*2 + 5, 7*2 + 8) = (4, 13, 22): score 96. OV . e = 140 / 10.
    const KQ = [
      [1, 2, 3],
      [4, 5, 6],
      [7, 8, 9],
    ];
    const weights = mergedWeights({ KQ, OV: [1, 2, 3] });
    expect(linearOf({}).forward(weights, promptOf([[[1, 2], 3]], [2, 1])).data[0]).toBe(96 * 14);
  });

  test("adds its heads", () => {
    const twice = mergedWeights(diagonal([0.5, 2, 0], 1), diagonal([1, 4, 0], -3));
    expect(linearOf({ heads: 2 }).forward(twice, prompt).data[0]).toBeCloseTo((-7 / 3) * (1 - 6), 13);
  });

  test("starts structured as KQ = sigma [[I / sqrt(d), 0], [0, 0]], OV = sigma (0, 1), for every key", () => {
    const mixer = linearOf({ init: { structured: 0.1 } });
    const { KQ, OV } = mixer.init(keyOf(1), 4) as { KQ: Nd; OV: Nd };
    const theta = Array.from(KQ.data, (entry) => entry / 0.1);
    expect(theta).toEqual(
      Array.from({ length: 25 }, (_, at) => (at % 6 === 0 && at < 24 ? expect.closeTo(0.5, 14) : 0)),
    );
    expect([...OV.data]).toEqual([0, 0, 0, 0, 0.1]);
    expect(mixer.init(keyOf(2), 4)).toEqual({ KQ, OV });
  });

  test("refuses a structured start of factored weights or many heads, and no training length to divide by", () => {
    expect(linear.options.safeParse({ init: { structured: 1 }, weights: "factored" }).success).toBe(false);
    expect(linear.options.safeParse({ init: { structured: 1 }, heads: 2 }).success).toBe(false);
    expect(linear.options.safeParse({ init: { structured: 1 } }).success).toBe(true);
    expect(() => linearOf({ normalize: "trained" }, { uniform: [1, 5] })).toThrow(/one context length/);
    expect(() => linearOf({ normalize: "trained" }, 0)).toThrow(/one context length/);
  });
});

describe("softmax attention", () => {
  test("is the mean of the values, weighted by exponentials of the scores", () => {
    // Scores x_q^T A x_j: 1 * 1 + 2 * 2 = 5, -2, 6. Values y_j.
    const weights = [5, -2, 6].map(Math.exp);
    const mean = weights.reduce((sum, weight, j) => sum + weight * [3, 5, -2][j]!, 0) / weights.reduce((a, b) => a + b);
    expect(softmaxOf({}).forward(step, prompt).data[0]).toBeCloseTo(mean, 13);
  });

  test("multiplies the scores by 1 / sqrt(d + 1) where asked, also in its products", () => {
    const scaled = softmaxOf({ scale: "root-token" });
    const KQ = Float64Array.from(step.KQ!.data, (entry) => entry * Math.sqrt(3));
    const larger = { ...step, KQ: { ...step.KQ!, data: KQ } };
    expect(scaled.forward(larger, prompt).data[0]).toBeCloseTo(softmaxOf({}).forward(step, prompt).data[0]!, 13);
    const products = [...scaled.products(larger).KQ.data];
    expect(products).toEqual(Array.from(step.KQ!.data, (entry) => expect.closeTo(entry, 14)));
  });

  test("with two small opposite heads is one step of gradient descent on centred inputs", () => {
    // He et al. 2025: omega -> 0 with 2 omega mu = 1 gives (1/n) sum y_j (x_j - mean x) . x_q.
    const omega = 2 ** -12;
    const head = (sign: number) => diagonal([sign * omega, sign * omega, 0], sign / (2 * omega));
    const { data } = softmaxOf({ heads: 2 }).forward(mergedWeights(head(1), head(-1)), prompt);
    // x_j . x_q = 4, -1, 9 with mean 4: (3 * 0 + 5 * -5 - 2 * 5) / 3 = -35 / 3; the remainder is of order omega^2.
    expect(Math.abs(data[0]! + 35 / 3)).toBeLessThan(1000 * omega ** 2);
  });

  test.each([tfjsCpu, tfjsWasm])("is right at scores of 1e4 and of -1e4 in both forms", async (backend) => {
    const open = await backend.open();
    if (typeof open === "string") throw new Error(open);
    const mixer = softmaxOf({});
    for (const sign of [1, -1]) {
      const far = mergedWeights(diagonal([sign * 1e4, 0, 0], 1));
      // Scores sign * 1e4 * (1, 0, 4) * 2: the third pair wins for +, the second for -.
      const right = sign > 0 ? -2 : 5;
      expect(mixer.forward(far, prompt).data[0]).toBe(right);
      const applied = open.tf.tidy(() =>
        mixer.apply(open.tf, uploadWeights(open.tf, far), uploadPrompts(open.tf, prompt)).dataSync(),
      );
      expect(applied[0]).toBe(right);
      // All scores equal and large: the plain mean of the labels.
      const pairs = [3, 5, -2].map((label, j) => [[1, j], label] as const);
      const level = promptOf(pairs, [2, 1]);
      expect(mixer.forward(far, level).data[0]).toBeCloseTo(2, 14);
    }
    await open.close();
  });

  test("keeps a NaN in the prompt visible", () => {
    expect(softmaxOf({}).forward(step, promptOf([[[Number.NaN, 2], 3]], [2, 1])).data[0]).toBeNaN();
  });
});

test.each([linearOf({ weights: "factored", heads: 2 }), softmaxOf({ weights: "factored", heads: 2 })])(
  "no change of basis between K and Q or between V and P changes products or predictions",
  (mixer) => {
    const drawn = mixer.init(keyOf(3), 2);
    const weights = Object.fromEntries(
      Object.entries(drawn).map(([name, weight]) => [
        name,
        { ...weight, data: normals(foldIn(keyOf(4), name), weight.data.length) },
      ]),
    );
    // M = [[2, 1, 0], [0, 1, 0], [0, 0, -4]] and its inverse transpose, on the inner axis of each head.
    const M = [2, 1, 0, 0, 1, 0, 0, 0, -4];
    const inverseTranspose = [0.5, 0, 0, -0.5, 1, 0, 0, 0, -0.25];
    const turned = (by: readonly number[], { axes, shape, data }: Nd): Nd => {
      const width = shape.length === 3 ? 3 : 1;
      const result = nd(axes, shape);
      for (let at = 0; at < data.length; at++) {
        const [h, inner, column] = [Math.floor(at / (3 * width)), Math.floor(at / width) % 3, at % width];
        for (let k = 0; k < 3; k++) result.data[at]! += by[inner * 3 + k]! * data[(h * 3 + k) * width + column]!;
      }
      return result;
    };
    const { K, Q, V, P } = weights as Record<"K" | "Q" | "V" | "P", Nd>;
    const gauged: Weights = {
      ...{ K: turned(M, K), Q: turned(inverseTranspose, Q) },
      ...{ V: turned(M, V), P: turned(inverseTranspose, P) },
    };
    const close = (data: Nd["data"]) => Array.from(data, (entry) => expect.closeTo(entry, 12));
    expect([...mixer.products(gauged).KQ.data]).toEqual(close(mixer.products(weights).KQ.data));
    expect([...mixer.products(gauged).OV.data]).toEqual(close(mixer.products(weights).OV.data));
    expect(mixer.forward(gauged, prompt).data[0]).toBeCloseTo(mixer.forward(weights, prompt).data[0]!, 11);
    // The check can fail: K alone turned is another layer.
    expect([...mixer.products({ ...gauged, Q }).KQ.data]).not.toEqual(close(mixer.products(weights).KQ.data));
  },
);

describe("initial weights", () => {
  const count = 40000;
  const spread = (init: Parameters<typeof drawWeights>[0]) => {
    const data = drawWeights(init, keyOf(8), count, 11);
    const variance = data.reduce((sum, entry) => sum + entry ** 2, 0) / count;
    return { variance, largest: Math.max(...data.map(Math.abs)), mean: data.reduce((a, b) => a + b, 0) / count };
  };
  /** Four standard errors of a variance whose law has this kurtosis. */
  const four = (kurtosis: number) => 4 * Math.sqrt((kurtosis - 1) / count);

  test("of a scale are normal with that standard deviation", () => {
    const { variance, largest, mean } = spread({ scale: 0.01 });
    expect(Math.abs(variance / 1e-4 - 1)).toBeLessThan(four(3));
    expect(largest).toBeGreaterThan(0.03);
    expect(Math.abs(mean)).toBeLessThan((4 * 0.01) / Math.sqrt(count));
  });

  test("of variance scaling have variance v / fan-in, standard deviation .01348 for .002 / 11, and a cut tail", () => {
    const { variance, largest } = spread({ varianceScaling: 0.002 });
    const sd = Math.sqrt(0.002 / 11);
    expect(sd).toBeCloseTo(0.01348, 5);
    expect(Math.abs(variance / sd ** 2 - 1)).toBeLessThan(four(3));
    const cut = (2 * sd) / 0.8796256610342398;
    expect(largest).toBeLessThan(cut);
    expect(largest).toBeGreaterThan(0.99 * cut);
  });

  test("of PyTorch's linear layers are uniform within 1 / sqrt(fan-in)", () => {
    const { variance, largest } = spread({ uniform: "fan-in" });
    expect(Math.abs(variance * 33 - 1)).toBeLessThan(four(1.8));
    expect(largest).toBeLessThan(1 / Math.sqrt(11));
    expect(largest).toBeGreaterThan(0.999 / Math.sqrt(11));
  });

  test("sum over all heads' inner entries in the output projection", () => {
    const P = softmaxOf({ heads: 8, weights: "factored", init: { uniform: "fan-in" } }).init(keyOf(1), 10).P!;
    expect(Math.max(...P.data.map(Math.abs))).toBeLessThan(1 / Math.sqrt(88));
  });

  test("of different matrices and keys are different", () => {
    const { K, Q } = softmaxOf({ weights: "factored" }).init(keyOf(1), 2);
    expect([...K!.data]).not.toEqual([...Q!.data]);
    expect(softmaxOf({ weights: "factored" }).init(keyOf(2), 2).K).not.toEqual(K);
  });
});

test.each([
  [linear, { heads: 0 }],
  [linear, { normalise: "own" }],
  [softmax, { heads: 1.5 }],
  [softmax, { init: { structured: 1 } }],
  [softmax, { init: { scale: -1 } }],
])("options that cannot be are refused: %#", (unit, wrong) => {
  expect(unit.options.safeParse(wrong).success).toBe(false);
});
