import { lengthsColumn } from "../math/lengths-column.js";
import { Moments } from "../math/moments.js";
import type { Answer, Measurement, Row } from "../types.js";
import type { Entrant } from "./entrant.js";
import { promptChunks, type Stream } from "./prompt-chunks.js";

/** Where and on how much everything is measured; `columns` are copied into every row. */
export interface Test extends Stream {
  readonly seed: number;
  readonly columns: Row & { readonly context: number | string };
}

/**
 * Risk of every entrant, (prediction - y_query)^2 in the mean, all on the *same* fresh prompts: mean, standard error
 * over prompts, and in `covariance.<other>` the covariance of two means, so that any comparison can be paired.
 * An entrant with a closed form adds a second row with `exact: true`. Risks are in units of the label squared.
 *
 * @throws RangeError on fewer than two prompts: one prompt has no standard error.
 */
export async function measure(entrants: readonly Entrant[], test: Test): Promise<Measurement[]> {
  if (test.prompts < 2) throw new RangeError(`a risk needs at least 2 prompts to have an error, not ${test.prompts}`);
  const moments = await sampleErrors(entrants, test);
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
    const covariances = entrants.map((other, j) => [
      `covariance.${other.name}`,
      finite[i] && finite[j] ? moments.covarianceOfMeans(i, j) : null,
    ]);
    return { ...row, ...Object.fromEntries(covariances) };
  });
  const exact = entrants.flatMap((entrant) =>
    entrant.exact === null || "why" in entrant.exact ? [] : [exactRow(entrant, entrant.exact, common, floor)],
  );
  return [...sampled, ...exact];
}

async function sampleErrors(entrants: readonly Entrant[], test: Test): Promise<Moments> {
  const moments = new Moments(entrants.length);
  const errors = new Float64Array(entrants.length);
  for await (const prompts of promptChunks(test)) {
    const predictions = entrants.map((entrant) => entrant.predict?.(prompts).data ?? null);
    for (let b = 0; b < prompts.answer.data.length; b++) {
      for (let i = 0; i < entrants.length; i++) {
        const prediction = predictions[i];
        errors[i] = prediction ? (prediction[b]! - prompts.answer.data[b]!) ** 2 : 0;
      }
      moments.add(errors);
    }
  }
  return moments;
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
