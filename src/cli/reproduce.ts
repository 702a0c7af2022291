import { join } from "node:path";
import { unknownName } from "../names/nearest.js";
import { canonical } from "../runner/canonical.js";
import { loadExperiments } from "../runner/catalogue.js";
import type { Job } from "../runner/cell-plan.js";
import { judgeClaims } from "../runner/judged.js";
import { NUMERICS } from "../runner/numerics.js";
import { packageRoot } from "../runner/package-root.js";
import type { Provenance } from "../runner/provenance.js";
import { paperSection, publish, type Reproduced } from "../runner/publish.js";
import { saveFigures } from "../runner/save-figures.js";
import { Store } from "../runner/store.js";
import type { Experiment, Scale } from "../types.js";
import { compute } from "./compute.js";
import { conclude } from "./conclude.js";
import { UsageError } from "./failure.js";
import type { RunOptions } from "./run-options.js";
import type { SlurmChoices } from "./slurm-options.js";

/** What `iclab reproduce` is told beside the options of every run. */
export interface ReproduceOptions extends RunOptions, SlurmChoices {
  readonly scale: Scale;
  /** Also store rows and figures in the experiments' own folders. */
  readonly save?: boolean;
}

/** `iclab reproduce`: trains and measures a paper's cells, judges its claims, writes rows, figures and the report. */
export async function reproduce(paper: string, options: ReproduceOptions): Promise<void> {
  const chosen = choose(paper, await loadExperiments());
  const jobs = chosen.map((each) => jobOf(each, options.scale, options.seed));
  const parts = jobs.map((job) => ({ job, store: new Store(join(options.out, "rows", job.id)) }));
  const outcomes = await compute({ of: { paper, scale: options.scale }, parts, texts: {} }, options);
  const results = chosen.map(([id, experiment], i) => {
    const { rows, cells, failed } = outcomes[i]!;
    const result = { id, experiment, rows, cells, failed, judged: judgeClaims(experiment, rows) };
    if (options.save) save(result, parts[i]!.store);
    return result;
  });
  const sections = results.map((result) => paperSection(options.out, result));
  const page = publish(options.out, sections);
  const rows = results.flatMap(({ id, rows }) => rows.map((row) => ({ experiment: id, ...row })));
  const verdicts = results.flatMap(({ id, judged }) => judged.map((each) => ({ experiment: id, ...each })));
  const provenance = results.flatMap(({ cells }) => cells);
  conclude(sections, page, rows.length, options.json ? { rows, verdicts, provenance } : undefined);
  if (results.some(({ failed }) => failed.length > 0)) process.exitCode = 1;
}

/** What there is to compute of a paper, or of all. @throws UsageError where there is none of this name */
export async function paperJobs(paper: string, scale: Scale, seed: number): Promise<Job[]> {
  return choose(paper, await loadExperiments()).map((each) => jobOf(each, scale, seed));
}

function jobOf([id, experiment]: [string, Experiment], scale: Scale, seed: number): Job {
  return { id, experiment, cells: experiment.cells(scale), seed };
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

/**
 * Copies a run's rows and figures into the experiment's own folder, where they are committed. Rows of other cells of the
 * published scale stay there, since they may have taken a GPU; the figures show them too.
 */
function save({ id, experiment, cells }: Reproduced, from: Store): void {
  const folder = join(packageRoot, "experiments", id);
  const kept = new Store(join(folder, "rows"));
  kept.open();
  const others = new Set(experiment.cells("published").map(canonical));
  for (const { settings } of cells) others.delete(canonical(settings));
  const stays = ({ settings, numerics }: Provenance) => numerics === NUMERICS && others.has(canonical(settings));
  kept.clear(new Set(kept.all(stays).cells.map(({ provenance }) => provenance.cell)));
  for (const { cell } of cells) kept.write(from.read(cell)!);
  const rows = kept.all().cells.flatMap((cell) => cell.rows);
  saveFigures(join(folder, "figures"), id, experiment.figures, rows);
}
