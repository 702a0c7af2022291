import type { Recipe } from "../types.js";
import type { Entrant } from "./entrant.js";
import type { Job } from "./job.js";
import type { Test } from "./measure.js";
import { inputsOf, promptChunks, slicesOf } from "./prompt-chunks.js";
import { squaredErrors } from "./squared-errors.js";
import { builtRecipe, processors } from "./thread.js";
import { threads } from "./threads.js";

/** Context inputs read, over all prompts and entrants, from which threads are worth their start: half a second of work. */
const WORTH = 2 ** 26;

/**
 * The squared errors of all entrants on the prompts of a stream, (prompt, entrant), chunk by chunk in order: on threads
 * where there is enough to do and everything that takes part can be said as data, else on this one.
 */
export async function* errorChunks(entrants: readonly Entrant[], test: Test): AsyncGenerator<Float64Array> {
  const predicting = entrants.filter(({ predict }) => predict !== null).length;
  const work = test.prompts * inputsOf(test) * Math.max(1, predicting);
  const size = processors === null ? 1 : (test.threads ?? (work >= WORTH ? processors : 1));
  const job = size > 1 ? jobOf(entrants, test) : null;
  if (job !== null) yield* threads.errors(job, slicesOf(test), size, test.signal);
  else {
    const predicts = entrants.map(({ predict }) => predict);
    for await (const prompts of promptChunks(test)) yield squaredErrors(prompts, predicts);
  }
}

/** The measurement as data; null where a part of it cannot be. */
function jobOf(entrants: readonly Entrant[], { law, key, context }: Test): Omit<Job, "job"> | null {
  const draw = law.recipe?.(context);
  if (draw === undefined) return null;
  const like = law.draw(key, { from: 0, count: 1 }, context);
  const predicts: (Recipe | null)[] = [];
  for (const { predict, recipe } of entrants) {
    const found = predict === null ? null : recipe?.(like);
    if (found === undefined) return null;
    predicts.push(found && builtRecipe(found));
  }
  return { key, draw: builtRecipe(draw), predicts };
}
