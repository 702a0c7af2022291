import { add, less, mul, neg, select, sub } from "../../src/kernels/arithmetic.js";
import { float64 } from "../../src/kernels/float64.js";
import { instantiate } from "../../src/kernels/instance.js";
import { loop } from "../../src/kernels/loop.js";
import { mulHigh } from "../../src/kernels/mul-high.js";
import type { F32, Node, U32 } from "../../src/kernels/node.js";
import { boxMuller, erfinvNormal } from "../../src/kernels/normal.js";
import { type Inputs, type Program, program, trace } from "../../src/kernels/program.js";
import { generators, integerBelow, type RandomName, randomStream, type Stream } from "../../src/kernels/random.js";
import { studentT } from "../../src/kernels/student-t.js";
import { threefry2x32 } from "../../src/kernels/threefry.js";
import { wasm } from "../../src/kernels/webassembly.js";
import { addWord, and, shiftRight, toReal } from "../../src/kernels/words.js";
import { roundoff } from "./float32.js";

const names = Object.keys(generators) as RandomName[];
const key = [0x13198a2e, 0x03707344] as const;
const hex = (words: readonly U32[]): readonly string[] => words.map((w) => (w as number).toString(16).padStart(8, "0"));

/** Random123's known-answer vectors (kat_vectors, threefry2x32): rounds, counter, key, result. */
const pi = [0x243f6a88, 0x85a308d3] as const;
const ones = [0xffffffff, 0xffffffff] as const;
test.each([
  [20, [0, 0], [0, 0], ["6b200159", "99ba4efe"]],
  [20, ones, ones, ["1cb996fc", "bb002be7"]],
  [20, pi, key, ["c4923a9c", "483df7a0"]],
  [13, [0, 0], [0, 0], ["9d1c5ec6", "8bd50731"]],
  [13, ones, ones, ["fd36d048", "2d17272c"]],
  [13, pi, key, ["ba3e4725", "f27d669e"]],
] as const)(
  "threefry2x32 with %i rounds meets the known answer for counter %j, key %j",
  (rounds, counter, k, answer) => {
    expect(hex(threefry2x32(k, counter, rounds))).toEqual(answer);
  },
);

test("both targets compute the same words as plain numbers do", () => {
  const of = (rounds: 13 | 20): Program =>
    program({}, (inputs) =>
      threefry2x32(inputs.key, [inputs.prompt, 5], rounds).flatMap((w) => [
        toReal(and(w, 0xffff)),
        toReal(shiftRight(w, 16)),
      ]),
    );
  for (const rounds of [13, 20] as const) {
    const expected = [0, 1, 2, 3, 4, 5].flatMap((prompt) =>
      threefry2x32(key, [prompt, 5], rounds).flatMap((w) => [(w as number) & 0xffff, (w as number) >>> 16]),
    );
    expect([...float64(of(rounds)).each({ parameters: [], key }, 0, 6)]).toEqual(expected);
    expect([...instantiate(wasm(of(rounds))).each({ parameters: [], key }, 0, 6)]).toEqual(expected);
  }
});

/**
 * jax.random.normal(jax.random.PRNGKey(42), (64,)) of JAX 0.11.2 on an H100 with jax_threefry_partitionable=False:
 * elements 0 to 7 and 32 to 39. In that layout element i < 32 is the first word of counter (i, 32 + i), element
 * 32 + i the second.
 */
const jaxFirst = [
  -0.5523953437805176, 0.9723789691925049, 0.8872586488723755, 0.7691851854324341, -0.5007885098457336,
  -0.49140220880508423, -0.3613183796405792, 2.7733263969421387,
];
const jaxSecond = [
  -2.099318504333496, 1.598351240158081, -1.1492021083831787, -1.1977601051330566, -1.0598784685134888,
  -1.5844943523406982, -1.2957525253295898, -1.234466552734375,
];

test("threefry20-erfinv gives jax.random.normal's numbers for the same counters", () => {
  const of = program({}, (inputs) =>
    generators["threefry20-erfinv"].normals(threefry2x32(inputs.key, [inputs.prompt, addWord(inputs.prompt, 32)], 20)),
  );
  const given = { parameters: [], key: [0, 42] as const };
  for (const rows of [float64(of).each(given, 0, 8), instantiate(wasm(of)).each(given, 0, 8)])
    for (let i = 0; i < 8; i++) {
      expect(Math.abs(rows[2 * i]! - jaxFirst[i]!)).toBeLessThan(8 * roundoff * Math.abs(jaxFirst[i]!));
      expect(Math.abs(rows[2 * i + 1]! - jaxSecond[i]!)).toBeLessThan(8 * roundoff * Math.abs(jaxSecond[i]!));
    }
});

test("Box-Muller is finite at the edges of the uniform, and reaches 6.76", () => {
  const edges = [0, 0xffffffff, 0xffffff80, 0x000000ff, 0x7fffffff, 0x80000000];
  const of = program({}, () => edges.flatMap((r) => edges.flatMap((angle) => boxMuller(r, angle))));
  const rows = [float64(of), instantiate(wasm(of))].map((kernel) => [...kernel.each({ parameters: [], key }, 0, 1)]);
  for (const row of rows) {
    expect(row.every(Number.isFinite)).toBe(true);
    expect(Math.max(...row.map(Math.abs))).toBeCloseTo(6.76371, 4);
  }
});

test("the inverse error function is finite at the edges of the uniform", () => {
  const of = program({}, () => [0, 0xffffffff, 0xffffff80, 0x000000ff].map(erfinvNormal));
  const rows = [float64(of), instantiate(wasm(of))].map((kernel) => [...kernel.each({ parameters: [], key }, 0, 1)]);
  for (const row of rows) expect(row.every((z) => Number.isFinite(z) && Math.abs(z) < 5.5)).toBe(true);
});

test("a product's upper word is exact, and so is an integer below any bound", () => {
  const words = [0, 1, 2, 3, 0xffff, 0x10000, 0x7fffffff, 0x80000001, 0xfffffffe, 0xffffffff, 0x12345678, 0x9abcdef0];
  const pairs = words.flatMap((a) => words.map((b) => [a, b] as const));
  for (const [a, b] of pairs) expect(mulHigh(a, b)).toBe(Number((BigInt(a) * BigInt(b)) >> 32n));
  const low = 0x89abcdef;
  const of = program({}, () =>
    pairs.flatMap(([a, b]) => {
      const k = integerBelow(a, b, low);
      return [toReal(and(k, 0xffff)), toReal(shiftRight(k, 16))];
    }),
  );
  const expected = pairs.flatMap(([a, b]) => {
    const k = Number((((BigInt(b) << 32n) | BigInt(low)) * BigInt(a)) >> 64n);
    return [k & 0xffff, k >>> 16];
  });
  expect([...float64(of).each({ parameters: [], key }, 0, 1)]).toEqual(expected);
  expect([...instantiate(wasm(of)).each({ parameters: [], key }, 0, 1)]).toEqual(expected);
});

test("Student's t is its formula, for small and large exponents", () => {
  const words = [1, 0x1000, 0x123456, 0x40000000, 0x80000000, 0xc0000000, 0xf0000000, 0xfff00000];
  const freedoms = [0.5, 3, 6, 100];
  const of = program({}, () => freedoms.flatMap((nu) => words.map((w) => studentT(nu, w, 0x12345678))));
  const cosine = Math.cos((2 * Math.PI * 0x12345678) / 2 ** 32);
  const expected = freedoms.flatMap((nu) =>
    words.map((w) => Math.sqrt(nu * Math.expm1((-2 / nu) * Math.log((w + 0.5) / 2 ** 32))) * cosine),
  );
  const found = [float64(of), instantiate(wasm(of))].map((kernel) => kernel.each({ parameters: [], key }, 0, 1));
  // The series ends with y^7 / 7!, y < 1/2: 2e-8 relative. The power of float32 is good to its exponent times roundoff.
  expected.forEach((t, k) => {
    expect(Math.abs(found[0]![k]! / t - 1)).toBeLessThan(1e-7);
    expect(Math.abs(found[1]![k]! / t - 1)).toBeLessThan(200 * roundoff);
  });
});

const drawings: [string, (stream: Stream) => readonly F32[]][] = [
  ["normals", (s) => [0, 1, 2, 3, 4].map((i) => s.normals(5).at(i))],
  ["uniforms", (s) => [0, 2].map((i) => s.uniforms(3).at(i))],
  ["signs", (s) => [0, 2].map((i) => s.signs(3).at(i))],
  ["exponentials", (s) => [0, 2].map((i) => s.exponentials(3).at(i))],
  ["Student variables", (s) => [0, 2].map((i) => s.students(3, 4).at(i))],
  ["integers", (s) => [toReal(s.integer(1000))]],
];

test.each(names.flatMap((name) => drawings.map(([what, draw]) => [name, what, draw] as const)))(
  "%s: %s are the same on all targets up to rounding, rolled or not, outlined or not, at any split",
  (name, _, draw) => {
    const of = program({}, (inputs) => draw(randomStream(name, inputs)));
    const given = { parameters: [], key };
    const expected = float64(of).each(given, 0, 12);
    const close = (found: ArrayLike<number>, tolerance: number): void =>
      expected.forEach((x, k) => {
        expect(Math.abs(found[k]! - x)).toBeLessThanOrEqual(tolerance * (1 + Math.abs(x)));
      });
    const width = expected.length / 12;
    for (const unroll of [32, 1])
      for (const outline of [false, true]) {
        close(float64(of, { unroll, outline }).each(given, 0, 12), 4 * 2 ** -53);
        const kernel = instantiate(wasm(of, { unroll, outline }));
        const all = kernel.each(given, 0, 12);
        close(all, 16 * roundoff);
        expect([...kernel.each(given, 7, 11)]).toEqual([...all.slice(7 * width, 11 * width)]);
      }
  },
);

/** Sums of powers, tails and products of 16 normals a prompt, against the next prompt's and the next keys'. */
const statistics = (name: RandomName): Program =>
  program({}, (inputs) => {
    const ofStream = ({ key: k, prompt }: Pick<Inputs, "key" | "prompt">): readonly Node<"f32">[] => {
      const z = randomStream(name, { key: k, prompt }).normals(16);
      return Array.from({ length: 16 }, (_, i) => z.at(i));
    };
    const { key: k, prompt } = inputs;
    const own = ofStream(inputs);
    const others = [
      ofStream({ key: k, prompt: addWord(prompt, 1) as Node<"u32"> }),
      ofStream({ key: [addWord(k[0], 1) as Node<"u32">, k[1]], prompt }),
      ofStream({ key: [k[0], addWord(k[1], 1) as Node<"u32">], prompt }),
      [...own.slice(1), own[0]!],
      [...own.slice(2), own[0]!, own[1]!],
    ];
    const total = (term: (z: Node<"f32">, i: number) => F32): F32 =>
      own.map(term).reduce<F32>((sum, x) => add(sum, x), 0);
    const beyond = (limit: number): F32 =>
      total((z) => add(select(less(limit, z), 1, 0), select(less(z, neg(limit)), 1, 0)));
    return [
      total((z) => z),
      total((z) => mul(z, z)),
      total((z) => mul(z, mul(z, z))),
      total((z) => mul(mul(z, z), mul(z, z))),
      ...[3, 4, 5].map(beyond),
      ...others.map((other) => total((z, i) => mul(z, other[i]!))),
      ...others.map((other) => total((z, i) => mul(sub(mul(z, z), 1), sub(mul(other[i]!, other[i]!), 1)))),
    ];
  });

test.each(names)("%s: a million normals have the moments, tails and independence of normals", (name) => {
  const promptCount = 62_500;
  const draws = promptCount * 16;
  const sums = instantiate(wasm(statistics(name))).sums({ parameters: [], key: [3, 1] }, 0, promptCount);
  const [m1, m2, m3, m4, beyond3, beyond4, beyond5, ...products] = [...sums] as [number, ...number[]];
  // Standard deviations of z, z^2, z^3, z^4: 1, sqrt 2, sqrt 15, sqrt 96.
  const standard = (sum: number, mean: number, deviation: number): number =>
    Math.abs(sum - draws * mean) / (deviation * Math.sqrt(draws));
  expect(standard(m1, 0, 1)).toBeLessThan(4.5);
  expect(standard(m2!, 1, Math.SQRT2)).toBeLessThan(4.5);
  expect(standard(m3!, 0, Math.sqrt(15))).toBeLessThan(4.5);
  expect(standard(m4!, 3, Math.sqrt(96))).toBeLessThan(4.5);
  // Two-sided tails erfc(k / sqrt 2); counts are Poisson.
  const expected = [2.699796063e-3, 6.334248367e-5, 5.733031438e-7].map((p) => p * draws);
  [beyond3, beyond4, beyond5].forEach((count, k) => {
    expect(Math.abs(count! - expected[k]!)).toBeLessThan(4.5 * Math.sqrt(expected[k]!) + 1);
  });
  // z z' has standard deviation 1, (z^2 - 1)(z'^2 - 1) has 2.
  products.slice(0, 5).forEach((sum) => {
    expect(standard(sum, 0, 1)).toBeLessThan(4.5);
  });
  products.slice(5).forEach((sum) => {
    expect(standard(sum, 0, 2)).toBeLessThan(4.5);
  });
});

test("other distributions have their means, variances and tails", () => {
  const count = 100_000;
  const of = program({}, (inputs) => {
    const stream = randomStream("threefry13-boxmuller", inputs);
    const [u, s, e, t] = [stream.uniforms(1), stream.signs(1), stream.exponentials(1), stream.students(1, 6)].map((x) =>
      x.at(0),
    ) as [F32, F32, F32, F32];
    const k = stream.integer(7);
    const is = (value: number): F32 =>
      select(less(toReal(k), value - 0.5), 0, select(less(toReal(k), value + 0.5), 1, 0));
    return [
      ...[u, s, e, t].flatMap((x) => [x, mul(x, x)]),
      select(less(2.4469118511449692, t), 1, 0),
      ...[0, 1, 2, 3, 4, 5, 6].map(is),
    ];
  });
  const sums = instantiate(wasm(of)).sums({ parameters: [], key: [8, 8] }, 0, count);
  // Means of x and x^2 with their standard deviations; t with 6 degrees of freedom: variance 3/2, fourth moment 13.5.
  const expected: [number, number][] = [
    [1 / 2, Math.sqrt(1 / 12)],
    [1 / 3, Math.sqrt(4 / 45)],
    [0, 1],
    [1, 0],
    [1, 1],
    [2, Math.sqrt(20)],
    [0, Math.sqrt(1.5)],
    [1.5, Math.sqrt(13.5 - 2.25)],
    [0.025, Math.sqrt(0.025 * 0.975)],
    ...Array.from({ length: 7 }, (): [number, number] => [1 / 7, Math.sqrt(6) / 7]),
  ];
  expected.forEach(([mean, deviation], k) => {
    expect(Math.abs(sums[k]! / count - mean)).toBeLessThanOrEqual((4.5 * deviation) / Math.sqrt(count));
  });
});

test("at(j) is the same stream whenever it is taken, and no other index's or the one around it", () => {
  const of = program({}, (inputs) => {
    const stream = randomStream("threefry13-boxmuller", inputs);
    return [stream, stream.at(0), stream.at(1), stream.at(1)].map((s) => s.normals(1).at(0));
  });
  const [around, zero, one, again] = float64(of).each({ parameters: [], key }, 0, 1);
  expect(one).toBe(again);
  expect(new Set([around, zero, one]).size).toBe(3);
});

test("a stream refuses to repeat itself unseen", () => {
  const building = (body: (stream: Stream) => readonly F32[]) => () =>
    trace(program({}, (inputs) => body(randomStream("threefry13-boxmuller", inputs))));
  const inLoop = (draw: (stream: Stream, j: Node<"u32">) => F32) =>
    building((stream) => loop(3, [0], (j, [x]) => [add(x!, draw(stream, j))]));
  expect(inLoop((stream) => stream.normals(1).at(0))).toThrow("outside of the loop");
  expect(inLoop((stream, j) => stream.at(j).at(j).normals(1).at(0))).toThrow("at(i * n + j)");
  expect(inLoop((stream, j) => stream.at(j).normals(1).at(0))).not.toThrow();
  expect(building((stream) => [stream.at(65_535).normals(1).at(0)])).toThrow("65534");
});
