import { type LinearRegression, linearRegressionLaw, type Settings } from "../../src/laws/gaussian-linear.js";
import { keyOf } from "../../src/math/keys.js";
import { diagonal, identity, product, scaled, traceOfProduct } from "../../src/math/matrix.js";
import { Moments } from "../../src/math/moments.js";
import { symmetricRoot } from "../../src/math/symmetric.js";
import type { Law, Lengths, Prompts, Rows } from "../../src/types.js";

const key = keyOf(31);
const AR1: Rows = [
  [1, 0.6, 0.36],
  [0.6, 1, 0.6],
  [0.36, 0.6, 1],
];
/** Every symmetric pair (i, j) of three features once. */
const PAIRS = [0, 1, 2].flatMap((i) => [0, 1, 2].slice(i).map((j) => [i, j] as const));

function expectMeans(moments: Moments, expected: readonly number[]): void {
  const beyond = expected.flatMap((value, i) => {
    const gap = Math.abs(moments.mean(i) - value);
    return gap <= 4 * moments.standardError(i) + 1e-12 ? [] : [{ i, value, mean: moments.mean(i), gap }];
  });
  expect(moments.quantities).toBe(expected.length);
  expect(beyond).toEqual([]);
}

/** Sample moments of the prompts against the population: all of them within 4 standard errors. */
function expectPopulation(law: Law<LinearRegression>, count = 10_000): void {
  const { covariance, queryCovariance, taskCovariance, noise } = law.population;
  const { x, y, query, answer } = law.draw(key, { from: 0, count }, 2);
  const moments = new Moments(4 * PAIRS.length + 5);
  for (let b = 0; b < count; b++) {
    const [first, second, asked] = [x.data.subarray(6 * b), x.data.subarray(6 * b + 3), query.data.subarray(3 * b)];
    const [y1, y2, yq] = [y.data[2 * b]!, y.data[2 * b + 1]!, answer.data[b]!];
    moments.add([
      ...PAIRS.map(([i, j]) => first[i]! * first[j]!),
      ...PAIRS.map(([i, j]) => asked[i]! * asked[j]!),
      ...PAIRS.map(([i, j]) => (y1 * y2 * (first[i]! * second[j]! + first[j]! * second[i]!)) / 2),
      ...PAIRS.map(([i, j]) => yq * y1 * asked[i]! * first[j]!),
      ...[first[0]!, asked[0]!, first[0]! * second[0]!, y1 * y1, yq * yq],
    ]);
  }
  // E y_1 y_2 x_1 x_2' = L O L, E y_q y_1 x_q x_1' = Lq O L, E y^2 = tr(L O) + noise^2.
  const pairs = product(covariance, taskCovariance, covariance);
  const asked = product(queryCovariance, taskCovariance, covariance);
  expectMeans(moments, [
    ...PAIRS.map(([i, j]) => covariance[i]![j]!),
    ...PAIRS.map(([i, j]) => queryCovariance[i]![j]!),
    ...PAIRS.map(([i, j]) => pairs[i]![j]!),
    ...PAIRS.map(([i, j]) => asked[i]![j]!),
    ...[0, 0, 0],
    traceOfProduct(covariance, taskCovariance) + noise ** 2,
    traceOfProduct(queryCovariance, taskCovariance) + noise ** 2,
  ]);
}

const inputs: readonly NonNullable<Settings["inputs"]>[] = [
  "gaussian",
  "rademacher",
  { uniform: 0.5 },
  { uniform: 2 },
  { student: 9 },
];
const covariances: readonly (readonly [string, Rows])[] = [
  ["identity", identity(3)],
  ["diagonal", diagonal([2, 1, 0.25])],
  ["correlated", AR1],
  ["rank-deficient", diagonal([1, 1, 0])],
];

describe.each(inputs.map((option) => [JSON.stringify(option), option] as const))("inputs %s", (_, option) => {
  test.each(covariances)("%s covariance: prompts have the moments of the population", (__, covariance) => {
    expectPopulation(linearRegressionLaw({ features: 3, noise: 0.5, inputs: option, covariance }));
  });

  test("coordinates have the kurtosis of the population, and correlated inputs use the symmetric root", () => {
    const law = linearRegressionLaw({ features: 3, inputs: option, covariance: AR1 });
    const { covariance, inputs: distribution } = law.population;
    const half = symmetricRoot(covariance);
    const count = 40_000;
    const x = law.draw(key, { from: 0, count }, 1).x.data;
    const moments = new Moments(3);
    for (let b = 0; b < count; b++) moments.add([...x.subarray(3 * b, 3 * b + 3)].map((entry) => entry ** 4));
    // x_i = sum_k B_ik z_k: E x_i^4 = 3 L_ii^2 + (kurtosis - 3) sum_k B_ik^4. A Cholesky root would differ.
    const excess = half.map((row) => row.reduce((total, entry) => total + entry ** 4, 0));
    expectMeans(
      moments,
      excess.map((fourth, i) => 3 * covariance[i]![i]! ** 2 + (distribution.kurtosis - 3) * fourth),
    );
  });
});

test("kurtosis is 3, 1, 9/5 and 3 + 6 / (nu - 4), infinite for nu <= 4", () => {
  const kurtosis = (option: NonNullable<Settings["inputs"]>) =>
    linearRegressionLaw({ features: 1, inputs: option }).population.inputs.kurtosis;
  expect(inputs.map(kurtosis)).toEqual([3, 1, 9 / 5, 9 / 5, 3 + 6 / 5]);
  expect([4, 3, 2.1].map((student) => kurtosis({ student }))).toEqual([1, 1, 1].map(() => Number.POSITIVE_INFINITY));
});

test("uniform inputs on [-a, a] stay inside and have variance a^2 / 3 times the covariance", () => {
  const law = linearRegressionLaw({ features: 2, inputs: { uniform: 0.5 }, covariance: diagonal([1, 4]) });
  expect(law.population.covariance).toEqual(diagonal([1 / 12, 1 / 3].map((v) => expect.closeTo(v, 15))));
  const x = law.draw(key, { from: 0, count: 4000 }, 1).x.data;
  const largest = [0, 1].map((i) => Math.max(...x.filter((_, at) => at % 2 === i).map(Math.abs)));
  expect(largest[0]).toBeLessThanOrEqual(0.5);
  expect(largest[1]).toBeLessThanOrEqual(1);
  expect(largest[0]).toBeGreaterThan(0.499);
});

test.each<[string, Rows]>([
  ["correlated", AR1],
  ["rank-deficient", diagonal([0, 3, 0])],
  ["scaled", scaled(identity(3), 1 / 9)],
])("%s tasks: prompts have the moments of the population", (_, taskCovariance) => {
  expectPopulation(linearRegressionLaw({ features: 3, noise: 0.3, covariance: AR1, taskCovariance }));
});

test.each([
  { inputScale: 2 },
  { queryScale: 3 },
  { taskScale: 0.5 },
  { inputScale: 0.5, queryScale: 2, taskScale: 3 },
  { queryScale: 0 },
])("shifted by %p, prompts have the moments of the shifted population", (shift) => {
  expectPopulation(linearRegressionLaw({ features: 3, noise: 0.5, covariance: AR1 }).shifted(shift));
});

describe("shifts", () => {
  const law = linearRegressionLaw({ features: 3, covariance: AR1, taskCovariance: diagonal([1, 2, 3]) });
  const slice = { from: 0, count: 5 };
  const plain = law.draw(key, slice, 2);
  const times = (data: Prompts[keyof Prompts], factor: number) =>
    [...data!.data].map((v) => expect.closeTo(factor * v, 12));

  test("scale inputs, query and task of the same prompts, and labels follow", () => {
    const inputs = law.shifted({ inputScale: 2 }).draw(key, slice, 2);
    expect([...inputs.x.data]).toEqual(times(plain.x, 2));
    expect([...inputs.query.data]).toEqual(times(plain.query, 2));
    expect([...inputs.y.data]).toEqual(times(plain.y, 2));
    expect([...inputs.answer.data]).toEqual(times(plain.answer, 2));
    const query = law.shifted({ queryScale: 3 }).draw(key, slice, 2);
    expect(query.x).toEqual(plain.x);
    expect(query.y).toEqual(plain.y);
    expect([...query.query.data]).toEqual(times(plain.query, 3));
    expect([...query.answer.data]).toEqual(times(plain.answer, 3));
    const task = law.shifted({ taskScale: 4 }).draw(key, slice, 2);
    expect(task.x).toEqual(plain.x);
    expect([...task.y.data]).toEqual(times(plain.y, 4));
    expect([...task.answer.data]).toEqual(times(plain.answer, 4));
  });

  test("write the population: c^2 on both covariances, k^2 on the query's, t^2 on the task's", () => {
    const { population } = law.shifted({ inputScale: 2, queryScale: 3, taskScale: 4 });
    expect(population.covariance).toEqual(scaled(AR1, 4));
    expect(population.queryCovariance).toEqual(scaled(AR1, 36));
    expect(population.taskCovariance).toEqual(diagonal([16, 32, 48]));
    expect(law.population.queryCovariance).toEqual(AR1);
  });

  test("compose, and none is the law itself", () => {
    expect(law.shifted({ inputScale: 2 }).shifted({ inputScale: 3, queryScale: 2 }).population).toEqual(
      law.shifted({ inputScale: 6, queryScale: 2 }).population,
    );
    expect(law.shifted({}).draw(key, slice, 2)).toEqual(plain);
  });

  test.each([-1, Number.NaN, Number.POSITIVE_INFINITY])("a factor of %d is refused", (taskScale) => {
    expect(() => law.shifted({ taskScale })).toThrow("a finite factor of 0 or more");
  });
});

/** The prompts of a batch, each on its own. */
function prompts({ x, y, query, answer, length }: Prompts) {
  const [count, context, features] = x.shape;
  return Array.from({ length: count }, (_, b) => ({
    x: [...x.data.subarray(b * context * features, (b + 1) * context * features)],
    y: [...y.data.subarray(b * context, (b + 1) * context)],
    query: [...query.data.subarray(b * features, (b + 1) * features)],
    answer: answer.data[b]!,
    length: length?.data[b],
  }));
}

describe("the stream of a key", () => {
  const law = linearRegressionLaw({ features: 3, noise: 0.5, inputs: { student: 5 }, covariance: AR1 });

  test.each<[string, Lengths]>([
    ["one length", 4],
    ["mixed lengths", { uniform: [0, 4] }],
    ["no context", 0],
  ])("%s: any slicing in any order gives the same prompts", (_, context) => {
    const whole = prompts(law.draw(key, { from: 7, count: 10 }, context));
    const cut = (from: number, count: number) => prompts(law.draw(key, { from, count }, context));
    const last = cut(12, 5);
    expect([...cut(7, 1), ...cut(8, 4), ...last]).toEqual(whole);
    expect(cut(7, 0)).toEqual([]);
    expect(new Set(whole.map(({ answer }) => answer)).size).toBe(10);
  });

  test("prompts up to the last index of 2^32 - 1 exist, and none beyond", () => {
    const far = prompts(law.draw(key, { from: 2 ** 32 - 2, count: 2 }, 1));
    expect(far[0]).not.toEqual(far[1]);
    expect(() => law.draw(key, { from: 2 ** 32 - 1, count: 2 }, 1)).toThrow("2^32 - 1");
    expect(() => law.draw(key, { from: -1, count: 1 }, 1)).toThrow("2^32 - 1");
  });

  test("another key gives other prompts", () => {
    const [here, there] = [key, keyOf(32)].map((k) => law.draw(k, { from: 0, count: 1 }, 1));
    expect(here!.x.data[0]).not.toBe(there!.x.data[0]);
  });

  test("a longer context continues a shorter one, down to none", () => {
    const long = prompts(law.draw(key, { from: 0, count: 6 }, 5));
    for (const context of [0, 1, 3]) {
      const short = prompts(law.draw(key, { from: 0, count: 6 }, context));
      expect(short).toEqual(
        long.map((prompt) => ({
          ...prompt,
          x: prompt.x.slice(0, 3 * context),
          y: prompt.y.slice(0, context),
        })),
      );
    }
  });

  test("mixed lengths cover their range evenly, cut the same prompts short and pad with zeros", () => {
    const count = 4000;
    const mixed = prompts(law.draw(key, { from: 0, count }, { uniform: [1, 4] }));
    const full = prompts(law.draw(key, { from: 0, count }, 4));
    const lengths = mixed.map(({ length }) => length!);
    for (const n of [1, 2, 3, 4]) {
      const share = lengths.filter((length) => length === n).length;
      expect(Math.abs(share - count / 4)).toBeLessThan(4 * Math.sqrt((count * 3) / 16));
    }
    expect(mixed).toEqual(
      full.map((prompt, b) => ({
        ...prompt,
        x: prompt.x.map((value, at) => (at < 3 * lengths[b]! ? value : 0)),
        y: prompt.y.map((value, at) => (at < lengths[b]! ? value : 0)),
        length: lengths[b],
      })),
    );
    expect(full[0]!.length).toBeUndefined();
  });

  test.each<[Lengths]>([
    [-1],
    [1.5],
    [Number.NaN],
    [{ uniform: [3, 1] }],
    [{ uniform: [-1, 2] }],
    [{ uniform: [0, 1.5] }],
  ])("a context of %p is refused", (context) => {
    expect(() => law.draw(key, { from: 0, count: 1 }, context)).toThrow("an integer number of pairs from 0");
  });

  test("noise adds to the labels of the same prompts, on the query's too, with the same draws at every level", () => {
    const draw = (noise: number) =>
      linearRegressionLaw({ features: 3, noise, covariance: AR1 }).draw(key, { from: 0, count: 4000 }, 2);
    const [clean, one, two] = [draw(0), draw(1), draw(2)];
    expect(one.x).toEqual(clean.x);
    expect(one.query).toEqual(clean.query);
    for (const labels of ["y", "answer"] as const) {
      const moments = new Moments(2);
      const twice = clean[labels].data.map((label, i) => {
        const noise = one[labels].data[i]! - label;
        moments.add([noise, noise ** 2]);
        return Math.abs(two[labels].data[i]! - label - 2 * noise);
      });
      expectMeans(moments, [0, 1]);
      expect(Math.max(...twice)).toBeLessThan(1e3 * Number.EPSILON);
    }
  });

  test("without noise every label is linear in its input, with one task a prompt", () => {
    const clean = linearRegressionLaw({ features: 1 }).draw(key, { from: 0, count: 20 }, 2);
    for (let b = 0; b < 20; b++) {
      const w = clean.answer.data[b]! / clean.query.data[b]!;
      for (const at of [2 * b, 2 * b + 1]) expect(clean.y.data[at]! / clean.x.data[at]! / w).toBeCloseTo(1, 12);
    }
  });
});

test("prompts of a rank-deficient covariance lie in its range", () => {
  const ones: Rows = [1, 1, 1].map(() => [1, 1, 1]);
  const { x, query } = linearRegressionLaw({ features: 3, covariance: ones }).draw(key, { from: 0, count: 50 }, 4);
  for (const data of [x.data, query.data])
    for (let at = 0; at < data.length; at += 3)
      for (const i of [1, 2]) expect(Math.abs(data[at + i]! - data[at]!)).toBeLessThan(32 * Number.EPSILON);
});

test("a law is refused where its matrices are not covariances of its features, or its noise is negative", () => {
  const law = (settings: Partial<Settings>) => () => linearRegressionLaw({ features: 2, ...settings });
  expect(law({ covariance: identity(3) })).toThrow("2 features has covariances of 2 rows, not 3");
  expect(
    law({
      taskCovariance: [
        [1, 2],
        [2, 1],
      ],
    }),
  ).toThrow("smallest eigenvalue is -1");
  expect(
    law({
      covariance: [
        [1, 0.5],
        [0.4, 1],
      ],
    }),
  ).toThrow("entry (2, 1) is 0.4");
  expect(law({ covariance: [[1, 0], [0]] })).toThrow("row 2 has 1 entries");
  for (const noise of [-0.1, Number.NaN, Number.POSITIVE_INFINITY]) expect(law({ noise })).toThrow("0 or more");
});
