import { type Job, planOf } from "../runner/cell-plan.js";
import { type Outcome, runExperiment } from "../runner/run-experiment.js";
import type { Store } from "../runner/store.js";
import { judgeStudy, looksOf } from "../studies/judge-study.js";
import { cellsOfLook, cellsOfLooks } from "../studies/looks.js";
import type { Study } from "../studies/study.js";
import type { Measurement, Row } from "../types.js";
import { compute, type Grid } from "./compute.js";
import { workersOf } from "./limit-options.js";
import type { RunOptions } from "./run-options.js";
import { isOnSlurm, type SlurmChoices } from "./slurm-options.js";
import { withMachine } from "./with-machine.js";

/** What there is to compute of a study, and where its rows go. */
type Asked = { readonly job: Job; readonly store: Store } & Omit<Grid, "parts">;

/** Computes a look. @returns the outcome of all cells so far */
type Look = (look: number) => Promise<Outcome>;

/**
 * Computes a study: all at once, or, where it asks for a precision, look after look until enough is known or its budget is
 * spent. What the looks before have computed is in the folder, so that a look computes what it adds, and a run that is
 * begun again goes on where the last one ended. A cell that fails ends it, as a look is judged whole.
 */
export async function computeLooks(study: Study, asked: Asked, options: RunOptions & SlurmChoices): Promise<Outcome> {
  const elsewhere = isOnSlurm(options) || workersOf(options) !== null;
  if (study.sequential === null || elsewhere) return followed(study, gridLooks(study, asked, options));
  return withMachine(options, (machine) => followed(study, ownLooks(study, asked, machine)));
}

/** Looks as grids: each has the cells of those before, which are found in the folder. */
function gridLooks(study: Study, { job, store, of, texts }: Asked, options: RunOptions & SlurmChoices): Look {
  return async (look) => {
    const cells = columnsOf(cellsOfLooks(study, look));
    const kept = look === 1 ? options : { ...options, fresh: false };
    const [outcome] = await compute({ of, texts, parts: [{ job: { ...job, cells }, store }] }, kept);
    return outcome!;
  };
}

/** Looks in this process, on one machine: each has its own cells alone. */
function ownLooks(
  study: Study,
  { job, store }: Asked,
  machine: Omit<Parameters<typeof runExperiment>[1], "store">,
): Look {
  let all: Outcome = { rows: [], cells: [], reused: 0, failed: [] };
  return async (look) => {
    const cells = columnsOf(cellsOfLook(study, look));
    const names = columnsOf(cellsOfLooks(study, look)).map((columns) => planOf(job, columns).name);
    if (look > 1) store.plan({ experiment: job.id, cells: names });
    const added = await runExperiment({ ...job, cells }, { ...machine, store, part: look > 1 });
    all = {
      rows: [...all.rows, ...added.rows],
      cells: [...all.cells, ...added.cells],
      reused: all.reused + added.reused,
      failed: [...all.failed, ...added.failed],
    };
    return all;
  };
}

/** Goes from look to look, saying how it stands after each that was not the last. */
async function followed(study: Study, compute: Look): Promise<Outcome> {
  const begun = performance.now();
  for (let look = 1; ; look++) {
    const outcome = await compute(look);
    const rows = outcome.rows as readonly Measurement[];
    const looks = looksOf(study, rows);
    if (looks === null || looks.stopped !== null || outcome.failed.length > 0) return outcome;
    const { minutes, sizes, unit } = study.sequential!;
    const open = judgeStudy(study, rows).filter(({ holds }) => holds === null).length;
    const worst = looks.leastPrecise === null ? "" : `, risk known to ${percent(looks.leastPrecise.part)}`;
    const state = `look ${look} of at most ${sizes.length}: ${open} of ${study.hypotheses.length} hypotheses undecided${worst}`;
    if (minutes !== null && performance.now() - begun >= 60_000 * minutes) {
      process.stderr.write(`${state}; the budget of ${minutes} minutes is spent\n`);
      return outcome;
    }
    process.stderr.write(`${state}; on to ${sizes[look]} ${unit}\n`);
  }
}

const columnsOf = (cells: readonly { readonly columns: Row }[]): Row[] => cells.map(({ columns }) => columns);

function percent(part: number): string {
  return `${Number((100 * part).toPrecision(2))} %`;
}
