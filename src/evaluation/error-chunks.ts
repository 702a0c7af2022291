import type { Recipe, Slice } from "../types.js";
import type { Entrant } from "./entrant.js";
import { type Integration, integrationJob } from "./integration.js";
import type { Job } from "./job.js";
import type { Test } from "./measure.js";
import { inputsOf, promptChunks, slicesOf } from "./prompt-chunks.js";
import { type Integrated, squaredErrors } from "./squared-errors.js";
import { builtRecipe, processors } from "./thread.js";
import { threads } from "./threads.js";

/** Context inputs read, over all prompts and entrants, from which threads are worth their start: half a second of work. */
const WORTH = 2 ** 26;

/**
 * The squared errors of all entrants on the prompts of a stream, (prompt, entrant), chunk by chunk in order: on threads
 * where there is enough to do and everything that takes part can be said as data, else on this one.
 */
export async function* errorChunks(
  entrants: readonly Entrant[],
  test: Test,
  integration: Integration | null,
): AsyncGenerator<Float64Array> {
  const predicting = entrants.filter(({ predict }) => predict !== null).length;
  const passes = integration === null ? 1 : test.law.features + 1;
  const work = test.prompts * inputsOf(test) * Math.max(1, predicting) * passes;
  const size = processors === null ? 1 : (test.threads ?? (work >= WORTH ? processors : 1));
  const job = size > 1 ? jobOf(entrants, test, integration) : null;
  if (job !== null) yield* threads.errors(job, slicesOf(test, passes), size, test.signal);
  else {
    const predicts = entrants.map(({ predict }) => predict);
    let from = 0;
    for await (const prompts of promptChunks(test, passes)) {
      const [count] = prompts.answer.shape;
      yield squaredErrors(prompts, predicts, integration && integratedOf(integration, test, { from, count }));
      from += count;
    }
  }
}

function integratedOf(integration: Integration, { key, context }: Test, slice: Slice): Integrated {
  const { query, covariance, noise, linear } = integration;
  return { covariance, noise, linear: linear.map((one) => one === true), tasks: query.tasks(key, slice, context) };
}

/** The measurement as data; null where a part of it cannot be. */
function jobOf(entrants: readonly Entrant[], test: Test, integration: Integration | null): Omit<Job, "job"> | null {
  const { law, key, context } = test;
  const draw = law.recipe?.(context);
  if (draw === undefined) return null;
  const like = law.draw(key, { from: 0, count: 1 }, context);
  const predicts: (Recipe | null)[] = [];
  for (const { predict, recipe } of entrants) {
    const found = predict === null ? null : recipe?.(like);
    if (found === undefined) return null;
    predicts.push(found && builtRecipe(found));
  }
  if (integration === null) return { key, draw: builtRecipe(draw), predicts, integration };
  const { tasks, ...over } = integrationJob(integration, test);
  return { key, draw: builtRecipe(draw), predicts, integration: { ...over, tasks: builtRecipe(tasks) } };
}
