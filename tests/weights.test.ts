import { readFileSync } from "node:fs";
import { describe, expect, test } from "@jest/globals";
import { strToU8, zipSync } from "fflate";
import { Draws } from "../src/math/draws.js";
import { keyOf } from "../src/math/keys.js";
import linear from "../src/mixers/linear-attention.js";
import softmax from "../src/mixers/softmax-attention.js";
import stack from "../src/mixers/stack.js";
import type { Mixer, Unit } from "../src/types.js";
import type { Arrays } from "../src/weights/arrays.js";
import { layoutMixer } from "../src/weights/layouts.js";
import { arraysOf, MODEL_TEXT, weightsOf } from "../src/weights/model-file.js";
import { promptsOf } from "../src/weights/prompts-file.js";
import { readArrays, writeArrays } from "../src/weights/weights-file.js";

const bytesOf = (file: string) => new Uint8Array(readFileSync(new URL(`brought/${file}`, import.meta.url)));
const read = (file: string): Arrays => readArrays(file, bytesOf(file));
const expected = JSON.parse(new TextDecoder().decode(bytesOf("expected.json"))) as Readonly<
  Record<string, { readonly risk: number; readonly riskAtFullLength: number; readonly first: readonly number[] }>
>;
const units: Readonly<Record<string, Unit<never, Mixer>>> = {
  "linear-attention": linear as Unit<never, Mixer>,
  "softmax-attention": softmax as Unit<never, Mixer>,
  stack: stack as Unit<never, Mixer>,
};
const features = 3;

function brought(layout: string, arrays: Arrays): { mixer: Mixer; weights: ReturnType<typeof weightsOf> } {
  const { mixer: name, options } = layoutMixer(layout, arrays);
  const unit = units[name]!;
  const mixer = unit.make(unit.options.parse(options), { features, context: 8 });
  return { mixer, weights: weightsOf(mixer, arrays, features) };
}

describe.each(["merged", "factored", "softmax", "stack"])("weights brought as %s", (layout) => {
  test.each([".npz", ".safetensors"])("%s: predictions and risks are those of their own float64 code", (ending) => {
    const { mixer, weights } = brought(layout, read(layout + ending));
    const { length, answered, ...prompts } = promptsOf(read("prompts.npz"));
    expect(answered).toBe(true);
    const { first, risk, riskAtFullLength } = expected[layout]!;
    const said = mixer.forward(weights, { ...prompts, length: length! }).data;
    const largest = Math.max(...first.map(Math.abs));
    for (const [b, prediction] of first.entries())
      expect(Math.abs(said[b]! - prediction)).toBeLessThan(64 * Number.EPSILON * largest);
    const meanSquare = (values: ArrayLike<number>) =>
      Array.from(values, (value, b) => (value - prompts.answer.data[b]!) ** 2).reduce((a, b) => a + b) / values.length;
    expect(Math.abs(meanSquare(said) / risk - 1)).toBeLessThan(256 * Number.EPSILON);
    const full = meanSquare(mixer.forward(weights, prompts).data);
    expect(Math.abs(full / riskAtFullLength - 1)).toBeLessThan(256 * Number.EPSILON);
  });
});

test("arrays survive both formats bit for bit, with their texts, and equal arrays are equal bytes", () => {
  const draws = new Draws(keyOf(4));
  const array = (...shape: number[]) => ({
    shape,
    data: Float64Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => draws.normal() * 1e-3),
  });
  const arrays = new Map([
    ["b", array(2, 3, 4)],
    ["a", array(5)],
    ["scalar", array()],
    ["empty", array(0, 3)],
  ]);
  arrays.get("a")!.data.set([-0, Number.MIN_VALUE, Number.MAX_VALUE, 1 / 3]);
  for (const file of ["x.npz", "x.safetensors"]) {
    const bytes = writeArrays(file, { arrays, texts: { note: 'a "β" text' } });
    // Zip's first day, midnight: no clock in the bytes.
    if (file === "x.npz") expect([...bytes.subarray(10, 14)]).toEqual([0, 0, 0x21, 0]);
    const back = readArrays(file, bytes);
    expect(back.texts).toEqual({ note: 'a "β" text' });
    expect([...back.arrays.keys()].sort()).toEqual([...arrays.keys()].sort());
    for (const [name, { shape, data }] of arrays) {
      expect(back.arrays.get(name)!.shape).toEqual(shape);
      expect(Buffer.from(back.arrays.get(name)!.data.buffer)).toEqual(Buffer.from(data.buffer));
    }
    expect(writeArrays(file, { arrays: new Map([...arrays].reverse()), texts: { note: 'a "β" text' } })).toEqual(bytes);
  }
});

test("column-major, big-endian and shorter numbers are read as what they are", () => {
  const { arrays } = read("clothes.npz");
  const plain = arrays.get("plain")!;
  expect(arrays.get("fortran")).toEqual(plain);
  expect(arrays.get("big")).toEqual(plain);
  expect([...arrays.get("single")!.data]).toEqual([...plain.data].map(Math.fround));
  expect(read("single.safetensors").arrays.get("K")).toEqual(arrays.get("single"));
  const half = arrays.get("half")!.data;
  for (const [i, value] of plain.data.entries()) {
    expect(half[i]).not.toBe(value);
    expect(Math.abs(half[i]! / value - 1)).toBeLessThan(2 ** -11);
  }
});

test("a model's weights written and read again are the same weights, with what they are weights of", () => {
  const mixer = stack.make(stack.options.parse({ depth: 2 }), { features, context: 8 });
  const weights = mixer.init(keyOf(6), features);
  const model = { mixer: "stack", options: { depth: 2 } };
  const back = readArrays("w.npz", writeArrays("w.npz", arraysOf(weights, model)));
  expect(weightsOf(mixer, back, features)).toEqual(weights);
  expect(JSON.parse(back.texts[MODEL_TEXT]!)).toEqual(model);
});

test("a stack brought as factors is the stack of their products", () => {
  const { arrays } = read("factored.npz");
  // Two heads of one layer become two layers of one head, with the rest of P.
  const P = { shape: [2, 4, 4], data: Float64Array.from({ length: 32 }, (_, i) => Math.sin(i)) };
  const [K, Q, V] = ["K", "Q", "V"].map((name) => arrays.get(name)!);
  const file = { arrays: new Map(Object.entries({ K: K!, Q: Q!, V: V!, P })), texts: {} };
  const { mixer, weights } = brought("stack", file);
  const { KQ, PV } = mixer.layers!(weights);
  expect(KQ.shape).toEqual([2, 1, 4, 4]);
  const product = (left: (i: number) => number, right: (i: number) => number) =>
    [0, 1, 2, 3].reduce((sum, i) => sum + left(i) * right(i), 0);
  const one = product(
    (i) => K!.data[16 + i * 4 + 1]!,
    (i) => Q!.data[16 + i * 4 + 2]!,
  );
  expect(KQ.data[16 + 1 * 4 + 2]).toBeCloseTo(one, 14);
  const other = product(
    (i) => P.data[16 + 3 * 4 + i]!,
    (i) => V!.data[16 + i * 4]!,
  );
  expect(PV.data[16 + 3 * 4]).toBeCloseTo(other, 14);
});

describe("what cannot be read is told in a sentence that names the tensor", () => {
  const { arrays } = read("merged.npz");
  const [KQ, OV] = [arrays.get("KQ")!, arrays.get("OV")!];
  const fault = (changed: Record<string, unknown>, layout = "merged") => {
    const entries = Object.entries({ KQ, OV, ...changed }).filter(([, array]) => array !== undefined);
    const file = { arrays: new Map(entries) as Arrays["arrays"], texts: {} };
    return () => brought(layout, file);
  };

  test("a shape that does not fit", () => {
    expect(fault({ OV: { shape: [2, 3], data: new Float64Array(6) } })).toThrow(
      "tensor OV has shape (2, 3); with 3 features it is (head, token) = (2, 4)",
    );
    expect(fault({ KQ: { shape: [5, 5], data: new Float64Array(25) } })).toThrow(
      "tensor KQ has shape (5, 5); with 3 features it is (head, key, query) = (1, 4, 4) or (4, 4)",
    );
  });

  test("a missing tensor, a stranger, a number that is none, an unknown layout", () => {
    expect(fault({ OV: undefined })).toThrow(
      "the file has no tensor OV, which linear-attention needs: (head, token) = (2, 4)",
    );
    expect(fault({ bias: OV })).toThrow("the file holds tensor bias, which linear-attention has not; allowed: KQ, OV");
    const data = Float64Array.from(OV.data).fill(Number.NaN, 3, 4);
    expect(fault({ OV: { ...OV, data } })).toThrow("tensor OV holds numbers that are not finite");
    expect(fault({}, "toString")).toThrow("toString is no layout; allowed: merged, factored, softmax, stack");
  });

  test("files that are torn, of other types or of another ending", () => {
    const whole = bytesOf("merged.safetensors");
    expect(() => readArrays("x.safetensors", whole.subarray(0, whole.length - 8))).toThrow(
      /^tensor OV ends at byte 320 of the numbers, which end at 312$/,
    );
    expect(() => readArrays("x.safetensors", whole.subarray(0, 20))).toThrow("its header is not whole");
    expect(() => readArrays("x.safetensors", strToU8("12345678"))).toThrow("its header is not whole");
    expect(() => readArrays("x.npz", bytesOf("merged.npz").subarray(0, 200))).toThrow("no whole zip archive");
    expect(() => readArrays("x.pt", whole)).toThrow(
      "arrays are read from and written to files in .npz and .safetensors, not x.pt",
    );
    expect(() => readArrays("x.npz", zipSync({ "KQ.npy": strToU8("no array at all") }))).toThrow(
      "tensor KQ is no npy array",
    );
    const npy = writeArrays("x.npz", { arrays: new Map([["A", KQ]]), texts: {} });
    const at = Buffer.from(npy).indexOf("<f8");
    const complex = Uint8Array.from(npy);
    complex.set(strToU8("<c8"), at);
    expect(() => readArrays("x.npz", complex)).toThrow("tensor A is of type <c8; allowed: f8, f4, f2, i8, i4");
    const header = strToU8('{"A":{"dtype":"I64","shape":[1],"data_offsets":[0,8]}}');
    const tensors = new Uint8Array(8 + header.length + 8);
    tensors.set([header.length]);
    tensors.set(header, 8);
    expect(() => readArrays("x.safetensors", tensors)).toThrow("tensor A is of type I64; allowed: F64, F32, F16, BF16");
  });

  test("prompts that do not fit together", () => {
    const { arrays: prompts } = read("prompts.npz");
    const without = (name: string) => ({ arrays: new Map([...prompts].filter(([key]) => key !== name)), texts: {} });
    const instead = (name: string, shape: number[]) => ({
      arrays: new Map([...prompts, [name, { shape, data: new Float64Array(shape.reduce((a, b) => a * b)) }] as const]),
      texts: {},
    });
    expect(() => promptsOf(without("x"))).toThrow("prompts have x (batch, context, feature), y and query");
    expect(() => promptsOf(without("y"))).toThrow("prompts have no y; with this x it is of shape (64, 8)");
    expect(() => promptsOf(instead("query", [64, 4]))).toThrow("query has shape (64, 4); with this x it is (64, 3)");
    expect(() => promptsOf(instead("y", [64, 8, 2]))).toThrow(
      "y has shape (64, 8, 2); with this x it is (64, 8) or (64, 8, 1)",
    );
    const long = { shape: [64], data: new Float64Array(64).fill(9) };
    expect(() => promptsOf({ arrays: new Map([...prompts, ["length", long]]), texts: {} })).toThrow(
      "lengths are whole numbers from 0 to the context of x, 8",
    );
    expect(promptsOf(without("answer")).answered).toBe(false);
  });
});
