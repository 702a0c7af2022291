import { real } from "../kernels/arithmetic.js";
import { type PrivateArray, storedOver } from "../kernels/array.js";
import { type Float64Kernel, float64 } from "../kernels/float64.js";
import { graph } from "../kernels/graph.js";
import { openLoop } from "../kernels/loop.js";
import { type Output, type Program, program } from "../kernels/program.js";
import { defaultRandom, type RandomName } from "../kernels/random.js";
import { recent } from "../kernels/recent.js";
import { List } from "../kernels/vector.js";
import { nd } from "../math/nd.js";
import type { Law, Lengths, PromptNodes, PromptProgram } from "../types.js";
import { longest } from "./lengths.js";

/** Numbers that one call of a kernel returns, so that they stay in the processor's cache until they are taken apart. */
const numbersAtOnce = 2 ** 16;

const compiled = recent<Float64Kernel>(64);

/**
 * A law's `draw`: the float64 target of its text, so that prompts for evaluation and prompts that an engine trains on
 * are the same up to rounding. `length` is set for ranges of lengths, and where few pairs stand for many.
 */
export function drawn(law: PromptProgram, features: number, random: RandomName = defaultRandom): Law["draw"] {
  return (key, { from, count }, context) => {
    const longestContext = longest(context);
    if (!(Number.isInteger(from) && from >= 0 && from + count <= 2 ** 32))
      throw new RangeError(
        `the indices of prompts are integers from 0 to 2^32 - 1, not ${from} to ${from + count - 1}`,
      );
    const kernel = compiled(
      `${law.structure}, ${features} features, ${random}, context ${JSON.stringify(context)}`,
      () => float64(drawingProgram(law, features, context, random)),
    );
    const most = (kernel.width - 2 - features) / (features + 1);
    const x = new Float64Array(count * most * features);
    const y = new Float64Array(count * most);
    const query = new Float64Array(count * features);
    const answer = new Float64Array(count);
    const length = new Float64Array(count);
    const given = { parameters: [], settings: law.settings, tables: law.tables, key };
    const step = Math.max(1, Math.floor(numbersAtOnce / kernel.width));
    for (let first = 0; first < count; first += step) {
      const last = Math.min(first + step, count);
      // As int32, which prompts' numbers are in the kernel.
      const start = (from + first) | 0;
      const numbers = kernel.each(given, start, start + last - first);
      for (let b = first, at = 0; b < last; b++, at += kernel.width) {
        length[b] = numbers[at]!;
        const pairs = Math.min(length[b]!, most);
        answer[b] = numbers[at + 1]!;
        let here = at + 2;
        query.set(numbers.subarray(here, here + features), b * features);
        here += features;
        x.set(numbers.subarray(here, here + pairs * features), b * most * features);
        here += most * features;
        y.set(numbers.subarray(here, here + pairs), b * most);
      }
    }
    return {
      x: nd(["batch", "context", "feature"], [count, most, features], x),
      y: nd(["batch", "context", "output"], [count, most, 1], y),
      query: nd(["batch", "feature"], [count, features], query),
      answer: nd(["batch", "output"], [count, 1], answer),
      ...((typeof context !== "number" || most < longestContext) && { length: nd(["batch"], [count], length) }),
    };
  };
}

/** One prompt as numbers: length, answer, query (d), inputs (n, d), labels (n); beyond the length they are undefined. */
export function drawingProgram(
  law: PromptProgram,
  features: number,
  context: Lengths,
  random: RandomName = defaultRandom,
): Program {
  const tables = Object.fromEntries(Object.entries(law.tables).map(([name, { length }]) => [name, length]));
  return program({ settings: law.settings.length, tables }, (inputs) => {
    const prompt = law.build(inputs, random, context);
    const query = Array.from({ length: features }, (_, i) => prompt.query.at(i));
    return [prompt.length, prompt.answer, ...query, ...pairsOf(prompt)];
  });
}

/** The inputs and the labels of all pairs, each an array. */
function pairsOf(prompt: PromptNodes): readonly Output[] {
  if (prompt.pairs === 0) return [];
  const home = graph().scope;
  const each = openLoop(prompt.pairs);
  return graph().inside(each, () => {
    const { x, y } = prompt.pair(each.index);
    const whole = (array: PrivateArray): Output => ({ array, scale: 1 });
    const labels = whole(storedOver(home, [each], [real(y)]));
    if (x instanceof List) return [whole(storedOver(home, [each], x.values)), labels];
    const entry = openLoop(prompt.features);
    const source = graph().inside(entry, () => x.at(entry.index));
    return [whole(storedOver(home, [each, entry], [source])), labels];
  });
}
