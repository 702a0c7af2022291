import type { Measurement, Run } from "../types.js";
import { modelEntrant } from "./entrant.js";
import { measure, type Test } from "./measure.js";

/**
 * Risk of one model along its training: a row a snapshot, in the order of the snapshots, all on the *same* prompts,
 * which are drawn once. Differences along the curve are therefore training, not sampling. Rows are those of `measure`
 * under one `name`, with the column `step`; snapshots are never compared with each other, so no row holds covariances.
 *
 * @throws RangeError on fewer than two prompts.
 */
export async function measureSnapshots(name: string, run: Run, test: Test): Promise<Measurement[]> {
  const { mixer } = run.trial;
  const entrants = run.snapshots.map(({ step, weights }) => modelEntrant(`${name} at step ${step}`, mixer, weights));
  if (entrants.length === 0) return [];
  const rows = await measure(entrants, test);
  return rows.map((row, i) => ({ ...withoutCovariances(row), name, step: run.snapshots[i]!.step }));
}

function withoutCovariances(row: Measurement): Measurement {
  const columns = Object.entries(row).filter(([column]) => !column.startsWith("covariance."));
  return Object.fromEntries(columns) as unknown as Measurement;
}
