import { add, mul } from "../kernels/arithmetic.js";
import { loop } from "../kernels/loop.js";
import { type Program, program } from "../kernels/program.js";
import { defaultRandom, type RandomName } from "../kernels/random.js";
import { sum } from "../kernels/vector.js";
import type { Lengths, PromptProgram } from "../types.js";

/**
 * The text of a model that does nothing but look at its prompt: its first parameter times the sum of all that is drawn.
 * Beside a mixer's it tells what drawing costs.
 */
export function samplingProgram(
  law: PromptProgram,
  parameters: number,
  context: Lengths,
  random: RandomName = defaultRandom,
): Program {
  const tables = Object.fromEntries(Object.entries(law.tables).map(([name, { length }]) => [name, length]));
  return program({ parameters, settings: law.settings.length, tables }, (inputs) => {
    const { features, pairs, pair, query, answer } = law.build(inputs, random, context);
    const [seen] = loop(pairs, [0], (j, [total]) => {
      const { x, y } = pair(j);
      return [
        add(
          add(
            total!,
            sum(features, (i) => x.at(i)),
          ),
          y,
        ),
      ];
    });
    return [
      mul(
        inputs.parameters.at(0),
        add(
          seen!,
          sum(features, (i) => query.at(i)),
        ),
      ),
      answer,
    ];
  });
}
