import { studentCdf } from "../src/math/distributions.js";
import { Draws, normals } from "../src/math/draws.js";
import { keyOf, threefry2x32 } from "../src/math/keys.js";
import { Moments } from "../src/math/moments.js";
import type { Key } from "../src/types.js";

const key = keyOf(2024);

test.each<[Key, number]>([
  [[0, 0], 0],
  [[0xffffffff, 0x80000000], 0xffffffff],
  [key, 0x80000001],
])("the words of key %p and prompt %d are threefry's at the counters (prompt, block)", (streamKey, index) => {
  const draws = new Draws(streamKey, index);
  for (let block = 0; block < 50; block++)
    expect([draws.word(), draws.word()]).toEqual(threefry2x32(streamKey, [index, block]));
});

test("a prompt's numbers depend on neither the prompts before it nor what was left of them", () => {
  // The last of three normals leaves the other half of its pair behind, the uniform the other word of its block.
  const sample = (draws: Draws) => {
    const values = [draws.normal(), draws.uniform(), draws.student(3), draws.integer(7)];
    return [...values, draws.normal(), draws.normal()];
  };
  const fresh = [5, 0, 4294967295, 3].map((index) => sample(new Draws(key, index)));
  const one = new Draws(key);
  const reused = [5, 0, 4294967295, 3].map((index) => {
    one.restart(index);
    return sample(one);
  });
  expect(reused).toEqual(fresh);
});

test.each([-1, 0.5, 2 ** 32, Number.NaN])("%d is no index of a prompt", (index) => {
  expect(() => new Draws(key, index)).toThrow("from 0 to 2^32 - 1");
});

/** A stream whose next two words are given: the edges of the uniform come once in 4e9 draws. */
function forced(first: number, second: number): Draws {
  const draws = new Draws(key);
  const words = [first, second];
  (draws as unknown as { next: () => number }).next = () => words.shift()! | 0;
  return draws;
}

test.each([0x00000000, 0xffffffff, 0xffffff80, 0x000000ff])(
  "the word %d gives a uniform inside and a finite normal",
  (word) => {
    const uniform = forced(word, word).uniform();
    expect(uniform).toBeGreaterThan(0);
    expect(uniform).toBeLessThan(1);
    const draws = forced(word, word);
    for (const z of [draws.normal(), draws.normal()]) {
      expect(Number.isFinite(z)).toBe(true);
      expect(Math.abs(z)).toBeLessThanOrEqual(6.76372);
    }
    expect(Number.isFinite(forced(word, word).exponential())).toBe(true);
  },
);

test("the largest normal is sqrt(66 ln 2) = 6.76371", () => {
  expect(forced(0, 0).normal()).toBeCloseTo(6.76371, 5);
});

test("normals have the tails of the normal law beyond 3, 4 and 5, and its first four moments", () => {
  const count = 4_000_000;
  const draws = new Draws(key);
  // P(Z > 3), P(Z > 4), P(Z > 5): mpmath, 40 digits.
  const tails = [1.349898031630094e-3, 3.167124183311992e-5, 2.866515718791939e-7];
  const beyond = [0, 0, 0, 0, 0, 0];
  const power = [0, 0, 0, 0];
  for (let i = 0; i < count; i++) {
    const z = draws.normal();
    for (let p = 0, value = z; p < 4; p++, value *= z) power[p]! += value;
    if (z > 3) for (let t = 3; t <= 5 && z > t; t++) beyond[t - 3]!++;
    if (z < -3) for (let t = 3; t <= 5 && z < -t; t++) beyond[t]!++;
  }
  for (const [i, observed] of beyond.entries()) {
    const expected = count * tails[i % 3]!;
    expect(Math.abs(observed - expected)).toBeLessThan(4 * Math.sqrt(expected));
  }
  // Means of z, z^2, z^3, z^4 and the standard deviations of one of each.
  for (const [p, [mean, deviation]] of [
    [0, 1],
    [1, Math.sqrt(2)],
    [0, Math.sqrt(15)],
    [3, Math.sqrt(96)],
  ].entries())
    expect(Math.abs(power[p]! / count - mean!)).toBeLessThan((4 * deviation!) / Math.sqrt(count));
});

test("neighbours in a stream, in a Box-Muller pair and in neighbouring prompts are independent", () => {
  const count = 100_000;
  const [here, next] = [new Draws(key), new Draws(key)];
  const products = new Moments(6);
  for (let index = 0; index < count; index++) {
    here.restart(index);
    next.restart(index + 1);
    const [a, b, c] = [here.normal(), here.normal(), here.normal()];
    const d = next.normal();
    const square = (z: number) => z * z - 1;
    products.add([a * b, b * c, a * d, square(a) * square(b), square(b) * square(c), square(a) * square(d)]);
  }
  for (let i = 0; i < 6; i++) expect(Math.abs(products.mean(i))).toBeLessThan(4 * products.standardError(i));
});

test("uniforms, signs and exponentials have their means and variances", () => {
  const draws = new Draws(key, 1);
  const moments = new Moments(6);
  for (let i = 0; i < 200_000; i++) {
    const [u, sign, e] = [draws.uniform(), draws.rademacher(), draws.exponential()];
    moments.add([u, (u - 0.5) ** 2, sign, e, (e - 1) ** 2, sign ** 2]);
  }
  for (const [i, mean] of [1 / 2, 1 / 12, 0, 1, 1, 1].entries())
    expect(Math.abs(moments.mean(i) - mean)).toBeLessThanOrEqual(4 * moments.standardError(i));
});

test("integers are without bias, also where 2^32 is far from a multiple", () => {
  const draws = new Draws(key, 2);
  const count = 60_000;
  const dice = new Float64Array(6);
  // A remainder of one word would put half of these below 2^30, not a third.
  let low = 0;
  for (let i = 0; i < count; i++) {
    dice[draws.integer(6)]!++;
    if (draws.integer(3 * 2 ** 30) < 2 ** 30) low++;
  }
  for (const face of dice) expect(Math.abs(face - count / 6)).toBeLessThan(4 * Math.sqrt((count * 5) / 36));
  expect(Math.abs(low - count / 3)).toBeLessThan(4 * Math.sqrt((count * 2) / 9));
  expect(draws.integer(1)).toBe(0);
  expect(draws.integer(2 ** 32)).toBeLessThan(2 ** 32);
  for (const below of [0, -1, 1.5, 2 ** 32 + 1, Number.NaN]) expect(() => draws.integer(below)).toThrow(RangeError);
});

test.each([0.7, 2.5, 3, 10, 1e6])("Student's t with %d degrees has its distribution function, tails included", (nu) => {
  const draws = new Draws(key, 3);
  const edges = [-20, -5, -2, -0.5, 0.3, 1, 4, 30];
  const count = 100_000;
  const below = new Float64Array(edges.length);
  for (let i = 0; i < count; i++) {
    const t = draws.student(nu);
    edges.forEach((edge, k) => {
      if (t <= edge) below[k]!++;
    });
  }
  for (const [k, edge] of edges.entries()) {
    const p = studentCdf(edge, nu);
    const least = Math.min(p, 1 - p) * count < 1 ? 4 : 0;
    expect(Math.abs(below[k]! - count * p)).toBeLessThanOrEqual(least + 4 * Math.sqrt(count * p * (1 - p)));
  }
});

test("normals of a key are the stream of index 0", () => {
  const draws = new Draws(key);
  expect([...normals(key, 5)]).toEqual([1, 2, 3, 4, 5].map(() => draws.normal()));
});
