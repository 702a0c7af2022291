import type { Answer, Measurement, Row, Run, Weights } from "../types.js";
import { modelEntrant } from "./entrant.js";
import { measure, type Test } from "./measure.js";

/**
 * Risk of one model along its training: a row a snapshot, in the order of the snapshots, all on the *same* prompts,
 * which are drawn once. Differences along the curve are therefore training, not sampling. Rows are those of `measure`
 * under one `name`, with the column `step`; snapshots are never compared with each other, so no row holds covariances.
 *
 * @param exact the risk of weights in closed form on noisy query labels under the test's law and context, where there is
 *   one (`layerRisk`): each row then also has `exactRisk` and `exactExcess` without any noise of sampling, or null and in
 *   `exactWhy` the sentence why not.
 * @throws RangeError on fewer than two prompts.
 */
export async function measureSnapshots(
  name: string,
  run: Run,
  test: Test,
  exact?: (weights: Weights) => Answer,
): Promise<Measurement[]> {
  const { mixer } = run.trial;
  const entrants = run.snapshots.map(({ step, weights }) => modelEntrant(`${name} at step ${step}`, mixer, weights));
  if (entrants.length === 0) return [];
  const rows = await measure(entrants, test);
  const floor = test.law.population.noise ** 2;
  return rows.map((row, i) => {
    const { step, weights } = run.snapshots[i]!;
    return { ...withoutCovariances(row), name, step, ...(exact && exactColumns(exact(weights), floor)) };
  });
}

function exactColumns(answer: Answer, floor: number): Row {
  if ("why" in answer) return { exactRisk: null, exactExcess: null, exactWhy: answer.why };
  const { value } = answer;
  if (!Number.isFinite(value)) return { exactRisk: null, exactExcess: null, exactWhy: `the closed form is ${value}` };
  return { exactRisk: value, exactExcess: value - floor, exactWhy: null };
}

function withoutCovariances(row: Measurement): Measurement {
  const columns = Object.entries(row).filter(([column]) => !column.startsWith("covariance."));
  return Object.fromEntries(columns) as unknown as Measurement;
}
