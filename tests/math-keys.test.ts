import { Draws } from "../src/math/draws.js";
import { foldIn, keyOf, split, threefry2x32 } from "../src/math/keys.js";
import { Moments } from "../src/math/moments.js";
import type { Key } from "../src/types.js";

const PI_KEY: Key = [0x13198a2e, 0x03707344];
const ONES: Key = [0xffffffff, 0xffffffff];

/** Known answers of the Random123 distribution (kat_vectors): rounds, key, counter, words. */
test.each<[number, Key, Key, Key]>([
  [20, [0, 0], [0, 0], [0x6b200159, 0x99ba4efe]],
  [20, ONES, ONES, [0x1cb996fc, 0xbb002be7]],
  [20, PI_KEY, [0x243f6a88, 0x85a308d3], [0xc4923a9c, 0x483df7a0]],
  [13, [0, 0], [0, 0], [0x9d1c5ec6, 0x8bd50731]],
  [13, ONES, ONES, [0xfd36d048, 0x2d17272c]],
  [13, PI_KEY, [0x243f6a88, 0x85a308d3], [0xba3e4725, 0xf27d669e]],
])("threefry2x32 with %d rounds gives the known words of key %p", (rounds, key, counter, words) => {
  expect(threefry2x32(key, counter, rounds)).toEqual(words);
});

const text = (key: Key) => key.join(",");
const distinct = (keys: readonly Key[]) => new Set(keys.map(text)).size;

test("every safe integer is a seed, and distinct seeds have distinct keys", () => {
  const near = [0, 1, 2 ** 31, 2 ** 32, 2 ** 52, Number.MAX_SAFE_INTEGER - 2];
  const seeds = near.flatMap((base) => [0, 1, 2].flatMap((step) => [base + step, -base - step]));
  expect(distinct(seeds.map(keyOf))).toBe(new Set(seeds.map((seed) => seed + 0)).size);
  for (const seed of [0.5, 2 ** 53, Number.NaN, Number.POSITIVE_INFINITY])
    expect(() => keyOf(seed)).toThrow(RangeError);
});

test("a fold counts every bit of its number and of its key", () => {
  const numbers = Array.from({ length: 53 }, (_, bit) => 2 ** bit);
  expect(distinct([0, ...numbers, ...numbers.map((n) => -n)].map((n) => foldIn([3, 5], n)))).toBe(107);
  const keys = Array.from({ length: 32 }, (_, bit): Key[] => [
    [(1 << bit) >>> 0, 0],
    [0, (1 << bit) >>> 0],
  ]);
  expect(distinct([[0, 0] as Key, ...keys.flat()].map((key) => foldIn(key, 1)))).toBe(65);
  expect(distinct([[0, 0] as Key, ...keys.flat()].map((key) => foldIn(key, "a")))).toBe(65);
  expect(() => foldIn([0, 0], 0.5)).toThrow("0.5");
});

test("a fold counts every character of its text, in its place", () => {
  const long = "training/evaluation/initialisation";
  const changed = Array.from(long, (_, i) => `${long.slice(0, i)}#${long.slice(i + 1)}`);
  const short = ["", "\0", "a", "a\0", "\0a", "ab", "ba", "abcd", "abcd\0\0\0\0", "abcdabcd", "é", "Ā", "1", "\ud800"];
  const all = [long, ...changed, ...short];
  expect(distinct(all.map((name) => foldIn([7, 7], name)))).toBe(all.length);
  expect(foldIn([7, 7], "1")).not.toEqual(foldIn([7, 7], 1));
});

test("a hundred thousand children of a key are distinct, and their 32-bit halves meet as often as chance has it", () => {
  const count = 100_000;
  const parent = keyOf(11);
  const folded = Array.from({ length: count }, (_, i) => foldIn(parent, i));
  const children = [...split(parent, count), ...folded];
  expect(distinct(children)).toBe(2 * count);
  for (const half of [0, 1] as const) {
    const meetings = folded.length - new Set(folded.map((key) => key[half])).size;
    const expected = count ** 2 / 2 ** 33;
    expect(Math.abs(meetings - expected)).toBeLessThan(5 * Math.sqrt(expected));
  }
});

test("a child does not depend on how many there are, and split, folds and words of one key differ", () => {
  const key = keyOf(4);
  expect(split(key, 3)).toEqual(split(key, 5).slice(0, 3));
  expect(distinct([split(key, 1)[0]!, foldIn(key, 0), foldIn(key, ""), threefry2x32(key, [0, 0])])).toBe(4);
  expect(() => split(key, -1)).toThrow(RangeError);
  expect(() => split(key, 1.5)).toThrow(RangeError);
});

test("one bit of a number changes half the bits of its child", () => {
  const flips = new Moments(64);
  for (let n = 0; n < 400; n++) {
    const key = foldIn(keyOf(9), n);
    for (let bit = 0; bit < 10; bit++) {
      const other = foldIn(keyOf(9), n ^ (1 << bit));
      flips.add(Array.from({ length: 64 }, (_, b) => ((key[b >> 5]! ^ other[b >> 5]!) >>> (b & 31)) & 1));
    }
  }
  for (let b = 0; b < 64; b++) expect(Math.abs(flips.mean(b) - 0.5)).toBeLessThan(4.5 * flips.standardError(b));
});

test("streams of children, of other seeds and of the parent are different and uncorrelated", () => {
  // A peer's substreams were the same sequence for every seed: so each pair of two seeds is compared.
  const roots = [keyOf(0), keyOf(1), keyOf(2)];
  const keys = roots.flatMap((key) => [key, ...split(key, 2), foldIn(key, 0), foldIn(key, 1), foldIn(key, "data")]);
  const streams = keys.map((key) => new Draws(key));
  const products = new Moments((keys.length * (keys.length - 1)) / 2);
  const values = new Float64Array(products.quantities);
  for (let sample = 0; sample < 4000; sample++) {
    const z = streams.map((stream) => stream.normal());
    let at = 0;
    for (let i = 0; i < z.length; i++) for (let j = 0; j < i; j++) values[at++] = z[i]! * z[j]!;
    products.add(values);
  }
  for (let pair = 0; pair < products.quantities; pair++)
    expect(Math.abs(products.mean(pair))).toBeLessThan(4.5 * products.standardError(pair));
});
