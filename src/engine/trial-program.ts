import { type Program, program } from "../kernels/program.js";
import { defaultRandom, type RandomName } from "../kernels/random.js";
import type { Lengths, PredictionProgram, PromptProgram } from "../types.js";

/**
 * The text of a trial: one prompt of the law, predicted by the mixer. It returns [prediction, answer], which
 * `squaredError` turns into the loss and its gradient. The law's settings and tables are the program's.
 */
export function trialProgram(
  law: PromptProgram,
  mixer: PredictionProgram,
  features: number,
  context: Lengths,
  random: RandomName = defaultRandom,
): Program {
  const tables = Object.fromEntries(Object.entries(law.tables).map(([name, { length }]) => [name, length]));
  return program({ parameters: mixer.parameters(features), settings: law.settings.length, tables }, (inputs) => {
    const prompt = law.build(inputs, random, context);
    return [mixer.build(inputs.parameters, prompt), prompt.answer];
  });
}
