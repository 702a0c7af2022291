import { Draws } from "../src/math/draws.js";
import { keyOf } from "../src/math/keys.js";
import { Moments } from "../src/math/moments.js";

const draws = new Draws(keyOf(5));
const samples = Array.from({ length: 400 }, () => {
  const z = draws.normal();
  return [z, 2 * z + 0.1 * draws.normal(), draws.exponential()];
});

const added = (values: readonly (readonly number[])[]) => {
  const moments = new Moments(3);
  for (const sample of values) moments.add(sample);
  return moments;
};

/** Two passes: the mean first, then the deviations from it. */
function twoPass(values: readonly (readonly number[])[], i: number, j: number) {
  const mean = (k: number) => values.reduce((total, sample) => total + sample[k]!, 0) / values.length;
  const [meanI, meanJ] = [mean(i), mean(j)];
  const products = values.reduce((total, sample) => total + (sample[i]! - meanI) * (sample[j]! - meanJ), 0);
  return { mean: meanI, covariance: products / (values.length - 1) };
}

const pairs = [0, 1, 2].flatMap((i) => [0, 1, 2].map((j) => [i, j] as const));
/** Additions of 400 terms of size 1: their rounding, and no more. */
const ROUNDING = 400 * Number.EPSILON;

test.each(pairs)("streaming moments of quantities %d and %d equal those of two passes", (i, j) => {
  const moments = added(samples);
  const { mean, covariance } = twoPass(samples, i, j);
  expect(moments.count).toBe(400);
  expect(Math.abs(moments.mean(i) - mean)).toBeLessThan(ROUNDING);
  expect(Math.abs(moments.covariance(i, j) - covariance)).toBeLessThan(ROUNDING * 8);
  expect(moments.covarianceOfMeans(i, j)).toBe(moments.covariance(i, j) / 400);
});

test.each([0, 1, 150, 399, 400])("merging the first %d samples with the rest is adding all", (cut) => {
  const merged = added(samples.slice(0, cut));
  merged.merge(added(samples.slice(cut)));
  const whole = added(samples);
  expect(merged.count).toBe(400);
  for (const [i, j] of pairs) {
    expect(Math.abs(merged.mean(i) - whole.mean(i))).toBeLessThan(ROUNDING);
    expect(Math.abs(merged.covariance(i, j) - whole.covariance(i, j))).toBeLessThan(ROUNDING * 8);
  }
});

test("a mean of 1e9 costs the covariance no digits but those of the samples", () => {
  const shifted = samples.map((sample) => sample.map((value) => value + 1e9));
  const exact = (i: number, j: number) =>
    twoPass(
      shifted.map((sample) => sample.map((value) => value - 1e9)),
      i,
      j,
    );
  const whole = added(shifted);
  const merged = added(shifted.slice(0, 100));
  merged.merge(added(shifted.slice(100)));
  // A running mean of 1e9 is itself rounded by 1e9 eps.
  for (const moments of [whole, merged])
    for (const [i, j] of pairs)
      expect(Math.abs(moments.covariance(i, j) - exact(i, j).covariance)).toBeLessThan(16 * 1e9 * Number.EPSILON);
});

test("the covariance of means gives the standard error of a paired difference", () => {
  const moments = added(samples);
  const difference = new Moments(1);
  for (const [a, b] of samples) difference.add([a! - b!]);
  const paired =
    moments.covarianceOfMeans(0, 0) + moments.covarianceOfMeans(1, 1) - 2 * moments.covarianceOfMeans(0, 1);
  expect(Math.abs(Math.sqrt(paired) / difference.standardError(0) - 1)).toBeLessThan(ROUNDING * 8);
});

test("the standard error covers the spread of means over repetitions", () => {
  const means = new Moments(2);
  for (let repetition = 0; repetition < 400; repetition++) {
    const one = new Moments(1);
    const stream = new Draws(keyOf(6), repetition);
    for (let i = 0; i < 30; i++) one.add([stream.exponential()]);
    means.add([one.mean(0), one.standardError(0) ** 2]);
  }
  // The variance of a sample variance is at most (kurtosis - 1) / count, 8 / 400 here.
  const ratio = means.covariance(0, 0) / means.mean(1);
  expect(Math.abs(ratio - 1)).toBeLessThan(4 * Math.sqrt(8 / 400));
});

test("what is not a number stays visible in its own quantity and in no other", () => {
  for (const odd of [Number.NaN, Number.POSITIVE_INFINITY]) {
    const moments = added([...samples, [odd, 1, 1], ...samples]);
    expect(moments.covarianceOfMeans(0, 1)).toBeNaN();
    expect(moments.standardError(0)).toBeNaN();
    expect(Number.isFinite(moments.mean(0))).toBe(false);
    expect(Number.isFinite(moments.covarianceOfMeans(1, 2))).toBe(true);
  }
});

test("nothing has no mean and one sample has no error", () => {
  const moments = new Moments(1);
  expect(moments.mean(0)).toBeNaN();
  expect(moments.standardError(0)).toBeNaN();
  moments.add([3]);
  expect(moments.mean(0)).toBe(3);
  expect(moments.standardError(0)).toBeNaN();
});

test("samples and merges of another size are refused with both numbers", () => {
  expect(() => new Moments(2).add([1])).toThrow("2 quantities here, not 1");
  expect(() => new Moments(2).merge(new Moments(3))).toThrow("3 quantities do not merge with moments of 2");
  expect(() => new Moments(0)).toThrow(RangeError);
});
