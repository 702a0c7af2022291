import { add, mul } from "../../src/kernels/arithmetic.js";
import { float64, javascriptOf } from "../../src/kernels/float64.js";
import { chunkPrompts, chunkSums, instantiate } from "../../src/kernels/instance.js";
import { program, squaredError, trace } from "../../src/kernels/program.js";
import { type Run, wasm } from "../../src/kernels/webassembly.js";
import { roundoff } from "./float32.js";
import {
  deltaRule,
  deltaSize,
  fixedNumbers,
  linearAttention,
  linearSize,
  model,
  softmaxAttention,
  softmaxSize,
} from "./models.js";

const d = 6;
const key = [1, 9] as const;
const of = model(softmaxAttention(2, true), softmaxSize(2, d), { d, n: 8, noise: true });
const given = { parameters: fixedNumbers(of.parameters, 0.3), settings: [0.2], key };
const training = squaredError(of);
const relative = (found: ArrayLike<number>, expected: ArrayLike<number>): number =>
  Math.hypot(...Array.from(expected, (x, k) => x - found[k]!)) / Math.hypot(...Array.from(expected));

test("the sums of a chunk of prompts are bit-identical however prompts are shared out", () => {
  const prompts = 5 * chunkPrompts + 37;
  const whole = instantiate(wasm(training)).partials(given, 0, prompts);
  for (const threads of [2, 3, 5]) {
    const chunks = Math.ceil(prompts / chunkPrompts);
    const parts = Array.from({ length: threads }, (_, t) => {
      const edge = (k: number): number => Math.min(prompts, Math.floor((chunks * k) / threads) * chunkPrompts);
      return [...instantiate(wasm(training, { shared: t % 2 === 0 })).partials(given, edge(t), edge(t + 1))];
    });
    expect(Float32Array.from(parts.flat())).toEqual(whole);
    expect(chunkSums(Float32Array.from(parts.flat()), 1 + of.parameters)).toEqual(
      instantiate(wasm(training)).sums(given, 0, prompts),
    );
  }
});

test("prompts beyond the end of a ragged batch count for nothing", () => {
  const kernel = instantiate(wasm(training));
  for (const prompts of [1, 2, 3, 5, 127, 129])
    expect(relative(kernel.sums(given, 0, prompts), float64(training).sums(given, 0, prompts))).toBeLessThan(
      60 * roundoff,
    );
  expect([...kernel.sums(given, 4, 4)]).toEqual(new Array(of.parameters + 1).fill(0));
});

test("a prompt's outputs do not depend on which prompts it is computed with", () => {
  const kernel = instantiate(wasm(training));
  const all = kernel.each(given, 0, 64);
  const width = of.parameters + 1;
  for (const [from, to] of [
    [3, 4],
    [17, 31],
    [60, 64],
  ] as const)
    expect([...kernel.each(given, from, to)]).toEqual([...all.slice(from * width, to * width)]);
});

test("two threads' private memory, outputs and parameters may lie anywhere in one memory", () => {
  const large = model(deltaRule(5), deltaSize(5, d), { d, n: 8 });
  const { bytes, layout } = wasm(squaredError(large), { unroll: 1 });
  const memory = new WebAssembly.Memory({ initial: 40 });
  const module = new WebAssembly.Module(bytes);
  const run = new WebAssembly.Instance(module, { env: { memory } }).exports.run as Run;
  const sums = (parameters: number, outputs: number, scratch: number): Float32Array => {
    new Float32Array(memory.buffer, parameters, layout.parameters).set(fixedNumbers(layout.parameters, 0.3));
    const lanes = new Float32Array(memory.buffer, outputs, layout.width * 4).fill(0);
    run(0, 64, 64, 1, 2, parameters, 0, 0, outputs, scratch);
    return lanes.slice();
  };
  const before = sums(1024, 65536, 2 * 65536);
  new Uint8Array(memory.buffer).fill(0xff);
  expect(sums(1_000_000, 16, 20 * 65536)).toEqual(before);
});

test("a program reports what it needs, and a wrong count of numbers is refused", () => {
  const kernel = wasm(program({ parameters: 2, settings: 3, tables: { a: 5, b: 7 } }, (x) => [x.table("b").at(3), 1]));
  expect(kernel.layout).toEqual({
    parameters: 2,
    settings: 3,
    tables: { a: { offset: 0, length: 5 }, b: { offset: 32, length: 7 } },
    tableBytes: 64,
    width: 2,
    memory: 0,
  });
  expect(() => instantiate(kernel).sums({ parameters: [1], key }, 0, 4)).toThrow("2 parameters; 1 were given");
  expect(() => float64(of).sums({ parameters: given.parameters, key }, 0, 4)).toThrow("1 settings; 0 were given");
});

test("large float64 programs are split into functions that V8 optimises, and mean the same", () => {
  const size = 40;
  const big = squaredError(model(linearAttention, linearSize(size), { d: size, n: 5 }));
  const parameters = fixedNumbers(linearSize(size), 0.1);
  const source = javascriptOf(trace(big, { unroll: 64 }));
  const functions = source.split(/^function /m);
  expect(functions.length).toBeGreaterThan(2);
  // An expression of this source is some 30 characters and 10 bytes of bytecode; V8's limit is 60 kB.
  expect(Math.max(...functions.map((text) => text.length))).toBeLessThan(100_000);
  const split = float64(big, { unroll: 64 }).sums({ parameters, key }, 0, 3);
  expect(relative(split, float64(big, { unroll: 4 }).sums({ parameters, key }, 0, 3))).toBeLessThan(1e-13);
});

test("rolled linear attention of 64 features and 128 pairs compiles in a second", () => {
  const size = 64;
  const big = squaredError(model(linearAttention, linearSize(size), { d: size, n: 128 }));
  const start = performance.now();
  const kernel = instantiate(wasm(big));
  const parameters = fixedNumbers(linearSize(size), 0.05);
  const sums = kernel.sums({ parameters, key }, 0, 4);
  expect(performance.now() - start).toBeLessThan(1000);
  expect(relative(sums, float64(big).sums({ parameters, key }, 0, 4))).toBeLessThan(400 * roundoff);
});

test("several outputs, scalars and arrays, lie in the order in which the program returns them", () => {
  const several = program({ parameters: 3 }, ({ parameters: p, prompt: _ }) => [
    p.at(0),
    4,
    mul(p.at(1), p.at(2)),
    add(p.at(2), 1),
  ]);
  expect([...float64(several).each({ parameters: [2, 3, 5], key }, 0, 1)]).toEqual([2, 4, 15, 6]);
  expect([...instantiate(wasm(several)).each({ parameters: [2, 3, 5], key }, 0, 1)]).toEqual([2, 4, 15, 6]);
});
