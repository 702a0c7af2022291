import type { Job } from "../runner/cell-plan.js";
import type { Outcome } from "../runner/run-experiment.js";
import type { Store } from "../runner/store.js";
import { judgeStudy, looksOf } from "../studies/judge-study.js";
import { cellsOfLooks } from "../studies/looks.js";
import type { Study } from "../studies/study.js";
import type { Measurement } from "../types.js";
import { compute, type Grid } from "./compute.js";
import type { RunOptions } from "./run-options.js";
import type { SlurmChoices } from "./slurm-options.js";

/**
 * Computes a study: all at once, or, where it asks for a precision, look after look until enough is known or its budget is
 * spent. What the looks before have computed is in the folder, so that a look computes what it adds, and a run that is
 * begun again goes on where the last one ended. A cell that fails ends it, as a look is judged whole.
 */
export async function computeLooks(
  study: Study,
  { job, store, of, texts }: { readonly job: Job; readonly store: Store } & Omit<Grid, "parts">,
  options: RunOptions & SlurmChoices,
): Promise<Outcome> {
  const begun = performance.now();
  for (let look = 1; ; look++) {
    const cells = cellsOfLooks(study, look).map(({ columns }) => columns);
    const grid = { of, texts, parts: [{ job: { ...job, cells }, store }] };
    const [outcome] = await compute(grid, look === 1 ? options : { ...options, resume: true });
    const rows = outcome!.rows as readonly Measurement[];
    const looks = looksOf(study, rows);
    if (looks === null || looks.stopped !== null || outcome!.failed.length > 0) return outcome!;
    const open = judgeStudy(study, rows).filter(({ holds }) => holds === null).length;
    const worst = looks.leastPrecise === null ? "" : `, risk known to ${percent(looks.leastPrecise.part)}`;
    const state = `look ${look} of at most ${looks.planned}: ${open} of ${study.hypotheses.length} hypotheses undecided${worst}`;
    const minutes = (performance.now() - begun) / 60_000;
    if (study.sequential!.minutes !== null && minutes >= study.sequential!.minutes) {
      process.stderr.write(`${state}; the budget of ${study.sequential!.minutes} minutes is spent\n`);
      return outcome!;
    }
    process.stderr.write(`${state}; on to ${study.sequential!.sizes[look]} ${looks.unit}\n`);
  }
}

function percent(part: number): string {
  return `${Number((100 * part).toPrecision(2))} %`;
}
