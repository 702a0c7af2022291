import { real } from "../kernels/arithmetic.js";
import { type PrivateArray, storedOver } from "../kernels/array.js";
import { float64Text } from "../kernels/float64.js";
import type { Float64Text } from "../kernels/float64-kernel.js";
import { graph } from "../kernels/graph.js";
import { openLoop } from "../kernels/loop.js";
import { type Output, type Program, program } from "../kernels/program.js";
import { defaultRandom, type RandomName } from "../kernels/random.js";
import { recent } from "../kernels/recent.js";
import { List } from "../kernels/vector.js";
import type { Law, Lengths, PromptNodes, PromptProgram } from "../types.js";
import { type Drawing, drawingRecipe, restore } from "./drawing.js";
import { longest } from "./lengths.js";

const texts = recent<Float64Text>(64);

/**
 * A law's `draw`: the float64 target of its text, so that prompts for evaluation and prompts that an engine trains on
 * are the same up to rounding. `length` is set for ranges of lengths, and where few pairs stand for many.
 */
export function drawn(law: PromptProgram, features: number, random: RandomName = defaultRandom): Law["draw"] {
  return (key, slice, context) => restore(drawing(law, features, context, random))(key, slice);
}

/** A law's `recipe`: what `drawn` runs, as plain data. */
export function drawnRecipe(law: PromptProgram, features: number): NonNullable<Law["recipe"]> {
  return (context) => drawingRecipe(drawing(law, features, context, defaultRandom));
}

function drawing(law: PromptProgram, features: number, context: Lengths, random: RandomName): Drawing {
  const { settings, tables } = law;
  const most = longest(context);
  const text = texts(`${law.structure}, ${features} features, ${random}, context ${JSON.stringify(context)}`, () =>
    float64Text(drawingProgram(law, features, context, random)),
  );
  const pairs = (text.width - 2 - features) / (features + 1);
  return { text, features, settings, tables, lengths: typeof context !== "number" || pairs < most };
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
