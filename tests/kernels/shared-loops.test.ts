import { add, max, mul } from "../../src/kernels/arithmetic.js";
import { array, load } from "../../src/kernels/array.js";
import { loop } from "../../src/kernels/loop.js";
import type { F32 } from "../../src/kernels/node.js";
import { type Program, program } from "../../src/kernels/program.js";
import { wgsl } from "../../src/kernels/wgsl.js";
import { addWord, mulWord, subWord } from "../../src/kernels/words.js";

type Inputs = Parameters<Program["body"]>[0];

/** The heads of a program's outermost loops where four lanes hold a prompt: `part` for those that they share. */
function heads(body: (inputs: Inputs) => F32): string[] {
  const of = program({ settings: 64 }, (inputs) => [body(inputs)]);
  const { body: text } = wgsl(of, { lanes: 4 });
  return [...text.matchAll(/for \(var \w+ = (part|0u);/g)].map(([, start]) => start!);
}

const n = 6;
const sum = (init: F32, term: (i: Parameters<Parameters<typeof loop>[2]>[0]) => F32) =>
  loop(n, [init], (i, [total]) => [add(total!, term(i))])[0]!;

test.each<[string, (inputs: Inputs) => F32, string[]]>([
  ["a sum from 0", ({ settings }) => sum(0, (i) => settings.at(i)), ["part"]],
  ["a maximum", ({ settings }) => loop(n, [-9], (i, [most]) => [max(most!, settings.at(i))])[0]!, ["part"]],
  ["a sum from 1", ({ settings }) => sum(1, (i) => settings.at(i)), ["0u"]],
  ["a recurrence", ({ settings }) => loop(n, [0], (i, [x]) => [add(mul(x!, 0.5), settings.at(i))])[0]!, ["0u"]],
  [
    "a sum of what another sum has come to",
    ({ settings }) => loop(n, [0, 0], (i, [x, y]) => [add(x!, settings.at(i)), add(y!, x!)])[1]!,
    ["0u"],
  ],
])("%s: lanes share a loop only where the order of its iterations does not matter", (_, body, expected) => {
  expect(heads(body)).toEqual(expected);
});

test.each<[string, (inputs: Inputs) => F32, string[]]>([
  [
    "the same iterations",
    ({ settings }) => {
      const pairs = array(n, (i) => [settings.at(i), mul(2, settings.at(i))]);
      return sum(0, (i) => add(load(pairs, mulWord(i, 2)), load(pairs, addWord(mulWord(i, 2), 1))));
    },
    ["part", "part"],
  ],
  [
    "other iterations",
    ({ settings }) => {
      const values = array(n, (i) => settings.at(i));
      return sum(0, (i) => load(values, subWord(n - 1, i)));
    },
    ["0u", "part"],
  ],
  [
    "a neighbour's second value",
    ({ settings }) => {
      const pairs = array(n, (i) => [settings.at(i), settings.at(i)]);
      return sum(0, (i) => load(pairs, addWord(mulWord(i, 2), 2)));
    },
    ["0u", "part"],
  ],
  [
    "all lanes after the loop",
    ({ settings }) =>
      load(
        array(n, (i) => settings.at(i)),
        3,
      ),
    ["0u"],
  ],
  [
    "a loop that is not shared",
    ({ settings }) => {
      const values = array(n, (i) => settings.at(i));
      return loop(n, [0], (i, [x]) => [add(mul(x!, 0.5), load(values, i))])[0]!;
    },
    ["0u", "0u"],
  ],
])("an array that is read by %s", (_, body, expected) => {
  expect(heads(body)).toEqual(expected);
});

test("what lanes carry is joined by a butterfly after the loop", () => {
  const of = program({ settings: 64 }, ({ settings }) => [sum(0, (i) => settings.at(i))]);
  expect(wgsl(of, { lanes: 4 }).body).toMatch(
    /\n(p\d+_0) \+= subgroupShuffleXor\(\1, 1u\); \1 \+= subgroupShuffleXor\(\1, 2u\);/,
  );
});
