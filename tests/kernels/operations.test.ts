import { less, select } from "../../src/kernels/arithmetic.js";
import { float64 } from "../../src/kernels/float64.js";
import { graph } from "../../src/kernels/graph.js";
import { instantiate } from "../../src/kernels/instance.js";
import type { Node, U32 } from "../../src/kernels/node.js";
import { type Elementary, operations } from "../../src/kernels/operations.js";
import { type Inputs, type Program, program } from "../../src/kernels/program.js";
import { wasm } from "../../src/kernels/webassembly.js";
import { and, equalWord, selectWord, shiftRight, toReal, word } from "../../src/kernels/words.js";
import { spacings } from "./float32.js";

/** Reals with every kind of special value, and words with every kind of edge. */
const reals = [
  ...[0, -0, 1, -1, 0.5, -2.5, 3.7, 88.7, -88.7, 89, -104, 710, 1e-40, -1e-40, 1e4, -1e4, 3e38, 1e-30, 2 ** -126],
  ...[Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.NaN],
].map(Math.fround);
const words = [0, 1, 2, 31, 0x7fffffff, 0x80000000, 0x80000001, 0xffffffff, 0xffffff80, 0x000000ff, 0x12345678];

/** Operations on the bits of a float32 exist in lowered graphs only. */
const loweredOnly: readonly Elementary[] = [
  ...(["nearest", "signedToReal", "toSigned", "bits", "fromBits", "shiftRightSigned", "capped", "raised"] as const),
];
/** How far float32 results may be from the rounded exact ones, in spacings; the others are exact. */
const tolerance: Partial<Record<Elementary, number>> = {
  exp: 2,
  log: 3,
  logPositive: 3,
  logUniform: 3,
  sin: 2,
  cos: 2,
};
/** Turns have absolute errors of a few roundoffs of 1: their zeros are not float32 numbers of words. */
const turns: readonly Elementary[] = ["cosTurn", "sinTurn"];

function tuples(op: Elementary): number[][] {
  const of = { f32: reals, u32: words, bool: [0, 1], tuple: [] };
  const rows = operations[op].takes.reduce<number[][]>(
    (made, type) => made.flatMap((row) => of[type].map((value) => [...row, value])),
    [[]],
  );
  // Beyond 8192, and without an exponent, these are not promised.
  if (op === "sin" || op === "cos") return rows.filter(([a]) => !Number.isFinite(a) || Math.abs(a!) < 8192);
  if (op === "toSigned") return rows.filter(([a]) => Math.abs(a!) < 2 ** 31);
  if (op === "capped" || op === "raised") return rows.filter(([, b]) => !Number.isNaN(b));
  if (op === "logPositive") return rows.filter(([a]) => a! >= 2 ** -126 && a! < Number.POSITIVE_INFINITY);
  return rows;
}

const literal = (op: Elementary): number => (op === "anyBit" ? 0x80000001 : 13);

/** A program whose prompt p applies `op` to row p of `rows`. */
function applying(op: Elementary, rows: readonly number[][]): Program {
  const { takes, gives } = operations[op];
  const argument = (k: number, { prompt, table }: Inputs): Node => {
    if (takes[k] === "f32") return table(`t${k}`).at(prompt);
    if (takes[k] === "bool") return less(0.5, table(`t${k}`).at(prompt));
    const chosen = rows.reduce<U32>((at, row, p) => selectWord(equalWord(prompt, p), row[k]!, at), 0);
    return word(chosen);
  };
  const tables = Object.fromEntries(takes.map((_, k) => [`t${k}`, rows.length]));
  return program({ tables }, (inputs) => {
    const args = takes.map((_, k) => argument(k, inputs));
    const made = graph().apply(op, args, literal(op));
    if (gives === "f32") return [made as Node<"f32">];
    if (gives === "bool") return [select(made as Node<"bool">, 1, 0)];
    return [toReal(and(made as Node<"u32">, 0xffff)), toReal(shiftRight(made as Node<"u32">, 16))];
  });
}

/** What the operation means, as the program's outputs. */
function meant(op: Elementary, row: readonly number[]): number[] {
  const value = (operations[op].of as (...values: readonly number[]) => number)(...row, literal(op));
  return operations[op].gives === "u32" ? [value & 0xffff, value >>> 16] : [value];
}

const given = (rows: readonly number[][]) => ({
  parameters: [],
  key: [0, 0] as const,
  tables: Object.fromEntries(rows[0]!.map((_, k) => [`t${k}`, rows.map((row) => row[k]!)])),
});

const names = Object.keys(operations) as Elementary[];

test.each(names.filter((op) => !loweredOnly.includes(op)))("%s means the same in float64 JavaScript", (op) => {
  const rows = tuples(op);
  const found = float64(applying(op, rows)).each(given(rows), 0, rows.length);
  const expected = rows.flatMap((row) => meant(op, row));
  expected.forEach((value, k) => {
    // The angle of a turn is rounded differently by a multiplication and a division.
    if (turns.includes(op)) expect(Math.abs(found[k]! - value)).toBeLessThan(8 * 2 ** -53);
    // Outputs are sums that start with 0, so that -0 comes out as 0.
    else expect([rows[k], found[k]]).toEqual([rows[k], value + 0]);
  });
});

test.each(names)("%s means the same in float32 WebAssembly, special values included", (op) => {
  const rows = tuples(op);
  const found = instantiate(wasm(applying(op, rows))).each(given(rows), 0, rows.length);
  const { gives } = operations[op];
  rows.forEach((row, p) => {
    // The word of logUniform is rounded to float32 first, near 2^32 to a multiple of 256.
    const exact = op === "logUniform" ? [Math.log(Math.fround(row[0]! + 0.5) * 2 ** -32)] : meant(op, row);
    exact.forEach((value, c, { length }) => {
      const rounded = gives === "f32" ? Math.fround(value) : value;
      const got = found[p * length + c]!;
      if (turns.includes(op)) expect(Math.abs(got - value)).toBeLessThan(3 * 2 ** -24);
      else if ((op === "sin" || op === "cos") && Math.abs(value) < 1e-3)
        expect(Math.abs(got - value)).toBeLessThan(2 ** -24 * Math.max(1e-3, Math.abs(value)));
      else
        expect([row, spacings(got, rounded) <= (tolerance[op] ?? 0) ? "near" : [got, rounded]]).toEqual([row, "near"]);
    });
  });
});

test("float64 refuses operations on the bits of a float32", () => {
  expect(() => float64(applying("bits", [[1]]))).toThrow("float64");
});

test("exp underflows to 0 and overflows to infinity, and a subnormal result is rounded properly", () => {
  const xs = [-87, -87.4, -95, -103, -104, -200, 88.722, 88.73, 1e30];
  const rows = xs.map((x) => [x]);
  const found = instantiate(wasm(applying("exp", rows))).each(given(rows), 0, rows.length);
  xs.forEach((x, k) => {
    expect(spacings(found[k]!, Math.fround(Math.exp(Math.fround(x))))).toBeLessThanOrEqual(2);
  });
  expect([found[5], found[7], found[8]]).toEqual([0, Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY]);
});

test("constants fold to what the targets compute", () => {
  const folded = program({}, () => [
    graph().apply<"f32">("exp", [graph().constant(1, "f32")]),
    graph().apply<"f32">("toReal", [graph().apply("rotateLeft", [graph().constant(0x80000001, "u32")], 4)]),
  ]);
  const found = float64(folded).each({ parameters: [], key: [0, 0] }, 0, 1);
  expect([...found]).toEqual([Math.E, 0x18]);
});
