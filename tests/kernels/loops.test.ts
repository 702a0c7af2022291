import { add, max, mul } from "../../src/kernels/arithmetic.js";
import { array, load } from "../../src/kernels/array.js";
import { float64 } from "../../src/kernels/float64.js";
import type { GraphOptions } from "../../src/kernels/graph.js";
import { instantiate } from "../../src/kernels/instance.js";
import { loop } from "../../src/kernels/loop.js";
import type { Node } from "../../src/kernels/node.js";
import { type Program, program, squaredError } from "../../src/kernels/program.js";
import { randomStream } from "../../src/kernels/random.js";
import { scan, sum, type Vector, vector } from "../../src/kernels/vector.js";
import { wasm } from "../../src/kernels/webassembly.js";
import { addWord, and, mulWord, subWord, toReal } from "../../src/kernels/words.js";
import { roundoff } from "./float32.js";
import {
  deltaRule,
  deltaSize,
  fixedNumbers,
  linearAttention,
  linearSize,
  type Mix,
  model,
  softmaxAttention,
  softmaxSize,
} from "./models.js";

const key = [11, 2] as const;
const distance = (found: ArrayLike<number>, expected: ArrayLike<number>): number => {
  const size = Math.hypot(...Array.from(expected));
  return Math.hypot(...Array.from(expected, (x, k) => x - found[k]!)) / size;
};
const settings = [0.5];
const d = 5;
const mixers: [string, Mix, number][] = [
  ["linear attention", linearAttention, linearSize(d)],
  ["softmax attention", softmaxAttention(2, true), softmaxSize(2, d)],
  ["the delta rule", deltaRule(4), deltaSize(4, d)],
];
const both = (of: Program, options: Partial<GraphOptions> = {}) => ({
  doubles: float64(squaredError(of), options),
  singles: instantiate(wasm(squaredError(of), options)),
});

describe.each([["drawn", false] as const, ["kept", true] as const])("%s", (_, kept) => {
  test.each(mixers)("%s: rolled loops equal unrolled ones, and float32 float64", (_name, mix, size) => {
    const given = { parameters: fixedNumbers(size, 0.3), settings, key };
    const of = model(mix, size, { d, n: 7, kept, noise: true });
    const expected = float64(squaredError(of)).sums(given, 0, 70);
    for (const options of [
      { unroll: 32, outline: true },
      { unroll: 32 },
      { unroll: 4 },
      { unroll: 1 },
      { unroll: 0 },
    ]) {
      const { doubles, singles } = both(of, options);
      expect(distance(doubles.sums(given, 0, 70), expected)).toBeLessThan(1e-13);
      expect(distance(singles.sums(given, 0, 70), expected)).toBeLessThan(40 * roundoff);
    }
  });

  test.each(mixers)("%s: prompts of mixed lengths come out as prompts of those lengths alone", (_name, mix, size) => {
    const most = 5;
    const given = { parameters: fixedNumbers(size, 0.3), settings, key };
    const sizes = { d, kept, noise: true };
    const mixed = model(mix, size, { ...sizes, n: most, lengths: { most, ignored: false } });
    const lengths = program({}, (inputs) => [
      toReal(addWord(randomStream("threefry13-boxmuller", inputs).integer(most), 1)),
    ]);
    const drawn = float64(lengths).each({ parameters: [], key }, 0, 24);
    expect(new Set(drawn).size).toBe(most);
    const alone = Array.from({ length: most }, (_, k) => {
      const of = model(mix, size, { ...sizes, n: k + 1, lengths: { most, ignored: true } });
      return float64(squaredError(of)).each(given, 0, 24);
    });
    const width = size + 1;
    for (const unroll of [32, 1]) {
      const { doubles, singles } = both(mixed, { unroll });
      const [a, b] = [doubles.each(given, 0, 24), singles.each(given, 0, 24)];
      drawn.forEach((length, prompt) => {
        const row = (of: ArrayLike<number>) => Array.from(of).slice(prompt * width, (prompt + 1) * width);
        const expected = row(alone[length - 1]!);
        expect(distance(row(a), expected)).toBeLessThan(1e-12);
        expect(distance(row(b), expected)).toBeLessThan(100 * roundoff);
      });
    }
  });
});

test("a length of zero leaves what is carried as it was", () => {
  const of = program({ parameters: 3 }, ({ parameters, prompt }) => {
    const count = { length: and(prompt, 1), most: 3 };
    const [scalar] = loop(count, [7], (_, [x]) => [mul(x!, 2)]);
    const [state] = scan(count, [vector(3, (i) => parameters.at(i))], (_, [x]) => [vector(3, (i) => add(x!.at(i), 1))]);
    return [scalar!, sum(3, (i) => state!.at(i))];
  });
  for (const unroll of [32, 0]) {
    const given = { parameters: [1, 2, 3], key };
    expect([...float64(of, { unroll }).each(given, 0, 4)]).toEqual([7, 6, 14, 9, 7, 6, 14, 9]);
    expect([...instantiate(wasm(of, { unroll })).each(given, 0, 4)]).toEqual([7, 6, 14, 9, 7, 6, 14, 9]);
  }
});

test("a loop that adds several terms an iteration has the gradient of each", () => {
  const of = program({ parameters: 3 }, ({ parameters }) => {
    const [a, b, c] = [0, 1, 2].map((k) => parameters.at(k)) as [Node<"f32">, Node<"f32">, Node<"f32">];
    const [total] = loop(4, [0], (j, [sum]) => [add(add(add(sum!, mul(a, toReal(j))), mul(b, b)), c)]);
    return [total!, 0];
  });
  // total = 6 a + 4 b^2 + 4 c = 64 at (2, 3, 4): the gradient of its square is 2 * 64 * (6, 8 b, 4).
  for (const { sums } of Object.values(both(of)))
    expect([...sums({ parameters: [2, 3, 4], key }, 0, 1)]).toEqual([64 ** 2, 768, 3072, 512]);
});

test("nested loops, a carried maximum and arrays agree with plain JavaScript on both targets", () => {
  const of = program({ tables: { t: 24 } }, ({ table }) => {
    const rows = array(
      4,
      (i) =>
        loop(6, [-1e9], (j, [top]) => [max(top!, table("t").at(addWord(mulWord(i, 6), j)))]) as readonly Node<"f32">[],
    );
    const [total] = loop(4, [0], (i, [acc]) => [add(mul(acc!, 2), load(rows, subWord(3, i)))]);
    return [total!];
  });
  const t = [...fixedNumbers(24, 3)];
  const tops = [0, 1, 2, 3].map((i) => Math.max(...t.slice(6 * i, 6 * i + 6)));
  const expected = tops.reduceRight((acc, top) => 2 * acc + top, 0);
  const given = { parameters: [], key, tables: { t } };
  expect(float64(of).sums(given, 0, 1)[0]).toBe(expected);
  expect(instantiate(wasm(of)).each(given, 0, 1)[0]).toBeCloseTo(expected, 5);
});

test("tables, settings and parameters can be read at an index of each prompt's own", () => {
  const of = program({ parameters: 8, settings: 8, tables: { pool: 8 } }, (inputs) => {
    const at = and(inputs.prompt, 7);
    const own = array(8, (i) => mul(toReal(i), 10));
    return [inputs.table("pool").at(at), inputs.settings.at(at), inputs.parameters.at(at), load(own, at)];
  });
  const count = (from: number) => Array.from({ length: 8 }, (_, k) => from + k);
  const given = { parameters: count(1), settings: count(100), tables: { pool: count(1000) }, key };
  const expected = count(0).flatMap((k) => [1000 + k, 100 + k, 1 + k, 10 * k]);
  expect([...float64(of).each(given, 0, 8)]).toEqual(expected);
  expect([...instantiate(wasm(of)).each(given, 0, 8)]).toEqual(expected);
});

test("one compiled program serves all values of its settings", () => {
  const of = model(linearAttention, linearSize(d), { d, n: 6, noise: true });
  const kernel = instantiate(wasm(squaredError(of)));
  const reference = float64(squaredError(of));
  for (const noise of [0, 0.1, 3]) {
    const given = { parameters: fixedNumbers(linearSize(d), 0.3), settings: [noise], key };
    expect(distance(kernel.sums(given, 0, 64), reference.sums(given, 0, 64))).toBeLessThan(40 * roundoff);
  }
});

test("a vector of scalars can be read at a loop's index, and a private array at a plain number", () => {
  const of = program({ parameters: 3 }, ({ parameters }) => {
    const list: Vector = vector(3, (i) => mul(parameters.at(i), 2));
    const [total] = loop(3, [0], (i, [acc]) => [add(acc!, mul(list.at(i), toReal(addWord(i, 1))))]);
    const [last] = scan(1, [vector(3, (i) => parameters.at(i))], (_, [x]) => [
      vector(3, (i) => add(x!.at(i), list.at(i))),
    ]);
    return [total!, last!.at(2)];
  });
  for (const unroll of [32, 0]) {
    expect([...float64(of, { unroll }).each({ parameters: [1, 2, 3], key }, 0, 1)]).toEqual([28, 9]);
    expect([...instantiate(wasm(of, { unroll })).each({ parameters: [1, 2, 3], key }, 0, 1)]).toEqual([28, 9]);
  }
});
