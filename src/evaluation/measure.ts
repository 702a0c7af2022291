import { lengthsColumn } from "../math/lengths-column.js";
import { Moments } from "../math/moments.js";
import type { Answer, Measurement, Row } from "../types.js";
import type { Entrant } from "./entrant.js";
import { errorChunks } from "./error-chunks.js";
import { type Integration, integrationOf } from "./integration.js";
import type { Stream } from "./prompt-chunks.js";

/** Where and on how much everything is measured; `columns` are copied into every row. */
export interface Test extends Stream {
  readonly seed: number;
  readonly columns: Row & { readonly context: number | string };
  /** Threads to measure on; where left out as many as the work is worth. No number depends on them. */
  readonly threads?: number;
  /** Also says, in `largestShare`, how much of the spread of an entrant's squared errors its largest one makes. */
  readonly tails?: boolean;
  /**
   * `integrated`: the mean over the query and its label is taken in closed form, the rest of the prompt given, wherever a
   * prediction is linear in the query and the law knows its covariance; columns `estimator` and `estimatorWhy` say of each
   * risk whether it was. `sampled`, also where left out: one query a prompt, and no such columns.
   */
  readonly query?: "sampled" | "integrated";
}

/** Prompts whose samples' worth is told. */
const TOLD = 64;

/**
 * Risk of every entrant, (prediction - y_query)^2 in the mean, all on the *same* fresh prompts: mean, standard error
 * over prompts, and in `covariance.<other>` the covariance of two means, so that any comparison can be paired.
 * Prompts are drawn and predicted on threads where that is worth it; errors are added in order of the prompts, on this
 * one, so that every number is the same bit for bit on any number of them.
 * An entrant that samples has a column `effectiveSamples`, the fewest independent draws that the samples of any of the
 * first 64 prompts are worth. An entrant with a closed form adds a second row with `exact: true`. Risks are in units of the
 * label squared.
 *
 * @throws RangeError on fewer than two prompts: one prompt has no standard error. Error where a thread ends.
 *
 * @example
 * import { predictorEntrant } from "iclab/evaluation/entrant";
 * import { measure } from "iclab/evaluation/measure";
 * import { linearRegressionLaw } from "iclab/laws/gaussian-linear";
 * import { keyOf } from "iclab/math/keys";
 * import gradientStep from "iclab/predictors/gradient-step";
 * import ridge from "iclab/predictors/ridge";
 *
 * const law = linearRegressionLaw({ features: 3, noise: 0.5 });
 * const [site, at] = [{ features: 3, context: 8 }, { population: law.population, context: 8 }];
 * const entrants = [gradientStep.make(undefined, site), ridge.make({}, site)].map((one) => predictorEntrant(one, at, at));
 * const rows = await measure(entrants, { law, context: 8, prompts: 2000, key: keyOf(1), seed: 0, columns: { context: 8 } });
 * rows.map(({ name, exact }) => `${name}${exact ? ", exact" : ""}`); // ["gradient-step", "ridge", "gradient-step, exact"]
 * rows[0]!.risk! > rows[1]!.risk!; // true
 */
export async function measure(entrants: readonly Entrant[], test: Test): Promise<Measurement[]> {
  if (test.prompts < 2) throw new RangeError(`a risk needs at least 2 prompts to have an error, not ${test.prompts}`);
  const integration = test.query === "integrated" ? integrationOf(entrants, test) : null;
  const whySampled = (i: number) => (typeof integration === "string" ? integration : (integration?.linear[i] ?? true));
  const known = typeof integration === "string" ? null : integration;
  const { moments, largest } = await sampleErrors(entrants, test, known);
  const finite = entrants.map((entrant, i) => entrant.predict !== null && Number.isFinite(moments.mean(i)));
  const floor = test.law.population.noise ** 2;
  const common = { ...test.columns, testContext: lengthsColumn(test.context) };
  const sampled = entrants.map((entrant, i): Measurement => {
    const risk = finite[i] ? moments.mean(i) : null;
    const row: Measurement = {
      ...common,
      name: entrant.name,
      kind: entrant.kind,
      exact: false,
      seed: test.seed,
      risk,
      status: entrant.predict === null ? "diverged" : finite[i] ? "ok" : "undefined",
      standardError: finite[i] ? moments.standardError(i) : null,
      prompts: test.prompts,
      excess: risk === null ? null : risk - floor,
    };
    const estimator = integration === null ? {} : estimatorColumns(whySampled(i));
    const shares = test.tails ? { largestShare: finite[i] ? shareOf(largest[i]!, moments, i) : null } : {};
    const worth = entrant.effectiveSamples ? { effectiveSamples: leastWorth(entrant.effectiveSamples, test) } : {};
    const covariances = entrants.map((other, j) => [
      `covariance.${other.name}`,
      finite[i] && finite[j] ? moments.covarianceOfMeans(i, j) : null,
    ]);
    return { ...row, ...estimator, ...shares, ...worth, ...Object.fromEntries(covariances) };
  });
  const exact = entrants.flatMap((entrant) =>
    entrant.exact === null || "why" in entrant.exact ? [] : [exactRow(entrant, entrant.exact, common, floor)],
  );
  return [...sampled, ...exact];
}

/** Which estimator a risk is from, and why where it was asked for another. */
function estimatorColumns(linear: true | string): Row {
  return { estimator: linear === true ? "integrated" : "sampled", estimatorWhy: linear === true ? null : linear };
}

async function sampleErrors(entrants: readonly Entrant[], test: Test, integration: Integration | null) {
  const moments = new Moments(entrants.length);
  const largest = new Float64Array(entrants.length);
  const values = new Float64Array(entrants.length);
  for await (const errors of errorChunks(entrants, test, integration))
    for (let at = 0; at < errors.length; at += values.length) {
      for (let i = 0; i < values.length; i++) {
        values[i] = errors[at + i]!;
        largest[i] = Math.max(largest[i]!, values[i]!);
      }
      moments.add(values);
    }
  return { moments, largest };
}

/** The least worth of a sampled prediction among the first prompts; every other one is at least what its option says. */
function leastWorth(effectiveSamples: NonNullable<Entrant["effectiveSamples"]>, test: Test): number {
  const { law, key, context, prompts } = test;
  return Math.min(...effectiveSamples(law.draw(key, { from: 0, count: Math.min(prompts, TOLD) }, context)).data);
}

/** (largest - mean)^2 / sum of squared deviations; 0 where nothing varies. */
function shareOf(largest: number, moments: Moments, i: number): number {
  const squares = moments.covariance(i, i) * (moments.count - 1);
  return squares > 0 ? (largest - moments.mean(i)) ** 2 / squares : 0;
}

function exactRow(
  entrant: Entrant,
  exact: Exclude<Answer, { why: string }>,
  common: Row & { readonly context: number | string; readonly testContext: number | string },
  floor: number,
): Measurement {
  const finite = Number.isFinite(exact.value);
  return {
    ...common,
    name: entrant.name,
    kind: entrant.kind,
    exact: true,
    seed: null,
    risk: finite ? exact.value : null,
    status: finite ? "ok" : exact.value === Number.POSITIVE_INFINITY ? "infinite" : "undefined",
    standardError: null,
    prompts: null,
    excess: finite ? exact.value - floor : null,
    closedForm: exact.kind,
    source: `${exact.source.paper}, ${exact.source.where}`,
  };
}
