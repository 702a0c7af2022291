import { float64Text } from "../kernels/float64.js";
import type { Float64Text } from "../kernels/float64-kernel.js";
import { program } from "../kernels/program.js";
import { defaultRandom } from "../kernels/random.js";
import { recent } from "../kernels/recent.js";
import type { Lengths, LinearQuery, PromptProgram, Rows } from "../types.js";
import { restore, type TaskDrawing, taskRecipe } from "./task-drawing.js";

const texts = recent<Float64Text>(64);

/**
 * What a law whose text says its prompts' tasks lets be integrated in closed form: the tasks of the very prompts that
 * `drawn` gives for the same key.
 *
 * @param covariance of the query, d x d @throws Error where the text says no task
 */
export function linearQuery(law: PromptProgram, covariance: Rows): LinearQuery {
  const drawing = (context: Lengths): TaskDrawing => {
    const { settings, tables } = law;
    const name = `tasks of ${law.structure}, ${covariance.length} features, context ${JSON.stringify(context)}`;
    return { text: texts(name, () => taskText(law, context)), settings, tables };
  };
  return {
    covariance,
    tasks: (key, slice, context) => restore(drawing(context))(key, slice),
    recipe: (context) => taskRecipe(drawing(context)),
  };
}

function taskText(law: PromptProgram, context: Lengths): Float64Text {
  const tables = Object.fromEntries(Object.entries(law.tables).map(([name, { length }]) => [name, length]));
  return float64Text(
    program({ settings: law.settings.length, tables }, (inputs) => {
      const prompt = law.build(inputs, defaultRandom, context);
      const task = prompt.task?.();
      if (task === undefined) throw new Error(`the text of ${law.structure} says no task`);
      return Array.from({ length: prompt.features }, (_, i) => task.at(i));
    }),
  );
}
