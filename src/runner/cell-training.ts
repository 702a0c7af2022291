import type { Run, Snapshot } from "../types.js";
import { type CellPlan, workOf } from "./cell-plan.js";
import type { Progress } from "./progress.js";
import type { Trainer } from "./trainer.js";

/** A cell's trained models, and what they cost. */
export interface Trained {
  readonly runs: readonly Run[];
  readonly seconds: number;
}

/** Trains all trials of a cell in one call, telling the progress by work. */
export async function trainCell(
  { trials, work }: CellPlan,
  { train, progress }: { readonly train: Trainer; readonly progress: Progress },
  signal: AbortSignal,
): Promise<Trained> {
  const begun = performance.now();
  const snapshots: Snapshot[][] = trials.map(() => []);
  let [advanced, steps] = [0, trials.map(() => 0)];
  const advance = (to: number) => {
    progress.advance(to - advanced);
    advanced = to;
  };
  if (trials.length > 0)
    for await (const snapshot of train(trials, { signal })) {
      snapshots[snapshot.trial]!.push(snapshot);
      steps = steps.map((step, trial) => (trial === snapshot.trial ? snapshot.step : step));
      advance(trials.reduce((sum, trial, i) => sum + (workOf(trial) * steps[i]!) / trial.schedule.steps, 0));
    }
  advance(work);
  const runs = trials.map((trial, i): Run => {
    const diverged = snapshots[i]!.some(({ status }) => status === "diverged");
    const good = snapshots[i]!.filter(({ status }) => status === "ok");
    return { trial, snapshots: good, status: diverged ? "diverged" : "ok" };
  });
  return { runs, seconds: (performance.now() - begun) / 1000 };
}
