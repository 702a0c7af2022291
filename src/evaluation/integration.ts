import type { LinearQuery, Recipe } from "../types.js";
import type { Entrant } from "./entrant.js";
import type { Test } from "./measure.js";
import { linearInQuery, type QueryMoments } from "./query-integral.js";

/** Prompts by which it is told whether a prediction is linear in the query. */
const PROBES = 64;

/** How a measurement integrates over query and label. */
export interface Integration extends QueryMoments {
  readonly query: LinearQuery;
  /** For each entrant true, or the sentence why it is sampled. */
  readonly linear: readonly (true | string)[];
}

/** The same as a thread receives it. */
export interface IntegrationJob extends QueryMoments {
  /** (key, slice) => tasks. */
  readonly tasks: Recipe;
  readonly linear: readonly boolean[];
}

/** Which entrants can be integrated, or the sentence why none can: the law's query is then not known as it must be. */
export function integrationOf(entrants: readonly Entrant[], test: Test): Integration | string {
  const { query, name, population, draw } = test.law;
  if (query === undefined)
    return `the law ${name} has no query of one covariance, independent of the context, with a label linear in it`;
  const { covariance } = query;
  const probes = draw(test.key, { from: 0, count: Math.min(PROBES, test.prompts) }, test.context);
  const linear = entrants.map(({ predict }) => predict === null || linearInQuery(predict, probes, covariance));
  return { query, covariance, noise: population.noise, linear };
}

/** The integration as a job. */
export function integrationJob({ query, covariance, noise, linear }: Integration, { context }: Test): IntegrationJob {
  return { covariance, noise, tasks: query.recipe(context), linear: linear.map((one) => one === true) };
}
