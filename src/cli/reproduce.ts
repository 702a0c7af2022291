import { join } from "node:path";
import { textTable } from "../report/verdict-table.js";
import { openBackend } from "../runner/backends.js";
import { loadExperiments } from "../runner/catalogue.js";
import { judgeClaims } from "../runner/judged.js";
import { packageRoot } from "../runner/package-root.js";
import { progressOn } from "../runner/progress.js";
import { publishExperiments, saveFigures } from "../runner/publish.js";
import { runExperiment } from "../runner/run-experiment.js";
import { Store } from "../runner/store.js";
import { trainerOf } from "../runner/trainer.js";
import { unknownName } from "../studies/nearest.js";
import type { BackendName, Experiment, Scale } from "../types.js";
import { UsageError } from "./failure.js";
import { sayOnInterrupt } from "./interrupt.js";

export interface RunOptions {
  readonly backend: BackendName | "auto";
  readonly seed: number;
  readonly out: string;
  readonly resume?: boolean;
  readonly json?: boolean;
}

/** `iclab reproduce`: trains and measures a paper's cells, judges its claims, writes rows, figures and the report. */
export async function reproduce(
  paper: string,
  options: RunOptions & { readonly scale: Scale; readonly save?: boolean },
): Promise<void> {
  const chosen = choose(paper, await loadExperiments());
  sayOnInterrupt(options.out);
  const stores = chosen.map(([id]) => new Store(join(options.out, "rows", id)));
  for (const store of stores) store.open();
  const backend = await openBackend(options.backend);
  const train = await trainerOf(backend);
  process.stderr.write(`training on ${backend.name} (${backend.adapter})\n`);
  const progress = progressOn(process.stderr);
  const results = [];
  for (const [i, [id, experiment]] of chosen.entries()) {
    const job = { id, experiment, cells: experiment.cells(options.scale), seed: options.seed };
    const machine = { backend, train, store: stores[i]!, progress, resume: options.resume ?? false };
    const outcome = await runExperiment(job, machine);
    const judged = judgeClaims(experiment, outcome.rows);
    results.push({ id, experiment, rows: outcome.rows, cells: outcome.cells, judged });
    if (options.save) saveRows(id, experiment, outcome, stores[i]!);
  }
  await backend.close();
  const page = publishExperiments(options.out, results);
  const claims = results.flatMap(({ id, judged }) => judged.map((each) => ({ experiment: id, ...each })));
  if (options.json) {
    const rows = results.flatMap(({ id, rows }) => rows.map((row) => ({ experiment: id, ...row })));
    const provenance = results.flatMap(({ cells }) => cells);
    process.stdout.write(`${JSON.stringify({ rows, verdicts: claims, provenance }, null, 2)}\n`);
  } else process.stdout.write(`${textTable(claims)}\nreport: ${page}\n`);
  process.exitCode = claims.every(({ asExpected }) => asExpected) ? 0 : 1;
}

function choose(paper: string, experiments: ReadonlyMap<string, Experiment>): [string, Experiment][] {
  if (paper === "all") return [...experiments];
  const matching = [...experiments].filter(([id]) => id === paper || id.startsWith(`${paper}-`));
  if (matching.length === 0)
    throw new UsageError(unknownName(`no experiment is called \`${paper}\``, ["all", ...experiments.keys()], paper));
  return matching;
}

/** Copies a run's rows and figures into the experiment's own folder, where they are committed. */
function saveRows(id: string, experiment: Experiment, outcome: Awaited<ReturnType<typeof runExperiment>>, from: Store) {
  const folder = join(packageRoot, "experiments", id);
  const kept = new Store(join(folder, "rows"));
  kept.open();
  kept.clear();
  for (const { cell } of outcome.cells) kept.write(from.read(cell)!);
  saveFigures(join(folder, "figures"), id, experiment.figures, outcome.rows);
}
