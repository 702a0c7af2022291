import type { Run } from "../types.js";
import type { CellPlan } from "./cell-plan.js";
import { CellRecord } from "./cell-record.js";
import type { Progress } from "./progress.js";
import type { Trainer } from "./trainer.js";

/** A cell's trained models, and what they cost. */
export interface Trained {
  readonly runs: readonly Run[];
  readonly seconds: number;
}

/** Trains all trials of a cell in one call, telling the progress by work. */
export async function trainCell(
  plan: CellPlan,
  { train, progress }: { readonly train: Trainer; readonly progress: Pick<Progress, "advance"> },
  signal: AbortSignal,
): Promise<Trained> {
  const begun = performance.now();
  const record = new CellRecord(plan, progress);
  if (plan.trials.length > 0)
    for await (const snapshot of train(plan.trials, { signal })) record.take(snapshot.trial, snapshot);
  return { runs: record.runs(), seconds: (performance.now() - begun) / 1000 };
}
