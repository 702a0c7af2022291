import { join } from "node:path";
import { loadExperiments } from "../runner/catalogue.js";
import { judgeClaims } from "../runner/judged.js";
import { packageRoot } from "../runner/package-root.js";
import { paperSection, publish, type Reproduced } from "../runner/publish.js";
import { type Machine, runExperiment } from "../runner/run-experiment.js";
import { saveFigures } from "../runner/save-figures.js";
import { Store } from "../runner/store.js";
import { unknownName } from "../studies/nearest.js";
import type { Experiment, Scale } from "../types.js";
import { conclude } from "./conclude.js";
import { UsageError } from "./failure.js";
import type { RunOptions } from "./run-options.js";
import { withMachine } from "./with-machine.js";

/** What `iclab reproduce` is told beside the options of every run. */
export interface ReproduceOptions extends RunOptions {
  readonly scale: Scale;
  /** Also store rows and figures in the experiments' own folders. */
  readonly save?: boolean;
}

/** `iclab reproduce`: trains and measures a paper's cells, judges its claims, writes rows, figures and the report. */
export async function reproduce(paper: string, options: ReproduceOptions): Promise<void> {
  const chosen = choose(paper, await loadExperiments());
  const stores = chosen.map(([id]) => new Store(join(options.out, "rows", id)));
  for (const store of stores) store.open();
  const results = await withMachine(options, async (machine) => {
    const done: Awaited<ReturnType<typeof reproduceOne>>[] = [];
    for (const [i, [id, experiment]] of chosen.entries())
      done.push(await reproduceOne(id, experiment, options, { ...machine, store: stores[i]! }));
    return done;
  });
  const sections = results.map((result) => paperSection(options.out, result));
  const page = publish(options.out, sections);
  const rows = results.flatMap(({ id, rows }) => rows.map((row) => ({ experiment: id, ...row })));
  const verdicts = results.flatMap(({ id, judged }) => judged.map((each) => ({ experiment: id, ...each })));
  const provenance = results.flatMap(({ cells }) => cells);
  conclude(sections, page, rows.length, options.json ? { rows, verdicts, provenance } : undefined);
  if (results.some(({ failed }) => failed.length > 0)) process.exitCode = 1;
}

async function reproduceOne(
  id: string,
  experiment: Experiment,
  options: ReproduceOptions,
  machine: Machine,
): Promise<Reproduced & { readonly failed: readonly string[] }> {
  const job = { id, experiment, cells: experiment.cells(options.scale), seed: options.seed };
  const { rows, cells, failed } = await runExperiment(job, machine);
  const result = { id, experiment, rows, cells, failed, judged: judgeClaims(experiment, rows) };
  if (options.save) save(result, machine.store);
  return result;
}

function choose(paper: string, experiments: ReadonlyMap<string, Experiment>): [string, Experiment][] {
  if (paper === "all") return [...experiments];
  const matching = [...experiments].filter(([id]) => id === paper || id.startsWith(`${paper}-`));
  if (matching.length === 0) {
    const names = new Set([...experiments.keys()].map((id) => id.replace(/-.*/, "")));
    throw new UsageError(unknownName(`no experiment is called \`${paper}\``, ["all", ...names], paper));
  }
  return matching;
}

/** Copies a run's rows and figures into the experiment's own folder, where they are committed. */
function save({ id, experiment, rows, cells }: Reproduced, from: Store): void {
  const folder = join(packageRoot, "experiments", id);
  const kept = new Store(join(folder, "rows"));
  kept.open();
  kept.clear();
  for (const { cell } of cells) kept.write(from.read(cell)!);
  saveFigures(join(folder, "figures"), id, experiment.figures, rows);
}
