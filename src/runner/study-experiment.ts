import { lossTrend } from "../claims/loss-trend.js";
import { LOOK } from "../claims/pooled.js";
import { streamAgreement } from "../evaluation/agreement.js";
import { type Entrant, modelEntrant, predictorEntrant } from "../evaluation/entrant.js";
import { measure } from "../evaluation/measure.js";
import type { Stream } from "../evaluation/prompt-chunks.js";
import { stopAtExcess } from "../evaluation/stopping.js";
import { foldIn } from "../math/keys.js";
import { termsOf } from "../studies/hypothesis.js";
import { cellsOfLook, cellsOfLooks } from "../studies/looks.js";
import type { Study, StudyCell, StudyModel, StudyTest } from "../studies/study.js";
import { everyTerm } from "../studies/term.js";
import type { Experiment, Key, Measurement, Predictor, Row, Run, Trial } from "../types.js";
import { canonical } from "./canonical.js";
import { identifiedModels } from "./identified-models.js";

/** Prompts on which distances and cosines are taken: each costs 4 d + 2 passes of both sides. */
const AGREEMENT_PROMPTS = 2000;

/** Losses that the slope of the last third of a training is taken from, beside those that a study records. */
const LAST_LOSSES = 24;

/** What the runner needs of a study: the papers' interface, without a paper. */
export type StudyExperiment = Pick<Experiment, "cells" | "trials" | "measure">;

/**
 * A study as an experiment: one cell a grid point and seed. Keys fold in the cell and a model's name, never the list of
 * models or predictors, so that adding one changes no other's numbers; all tests of a cell reuse one stream of prompts.
 * `cells` are those of the first look. Where further looks add prompts, a model that was measured before is not trained again as long as this value lives.
 *
 * @param optimum what `until: { excess }` is measured from
 */
export function studyExperiment(study: Study, optimum: Predictor): StudyExperiment {
  const points = cellsOfLooks(study, study.sequential?.sizes.length ?? 1);
  const byColumns = new Map(points.map((point) => [canonical(point.columns), point]));
  const pairs = comparedPairs(study);
  const find = (columns: Row) => byColumns.get(canonical(columns))!;
  const trained = new Map<string, readonly Run[]>();
  return {
    cells: () => cellsOfLooks(study, 1).map(({ columns }) => columns),
    trials(columns, key) {
      const { cell, look } = find(columns);
      if (look > 1 && trained.has(canonical(keyColumns(columns)))) return [];
      return cell.models.map((model) => trialOf(cell, model, key, optimum));
    },
    async measure(columns, given, { key }) {
      const { cell, seed, look, prompts } = find(columns);
      const before = canonical(keyColumns(columns));
      const runs = given.length > 0 ? given : (trained.get(before) ?? []);
      if (study.sequential?.unit === "prompts") trained.set(before, runs.map(withLast));
      const rows: Measurement[] = [];
      const asked = look === 1 ? cell.identify : null;
      const identified = asked === null ? null : await identifiedModels(cell, runs, foldIn(key, "identify"), asked);
      const stream = foldIn(key, "evaluation");
      const at = { seed, look, prompts, key: look === 1 ? stream : foldIn(stream, look) };
      for (const test of cell.tests) rows.push(...(await measureTest(cell, test, at, runs, pairs)));
      if (identified)
        for (const [i, row] of rows.entries())
          if (row.kind === "model") rows[i] = Object.assign({ ...row }, identified.get(row.name));
      // Closed forms belong to the grid point, not to a seed: the first seed's first cell holds them for all.
      return seed === 0 && look === 1 ? rows : rows.filter((row) => !row.exact);
    },
  };
}

/** The columns that a cell's key is folded from: a further look at a seed is at the same trained models. */
export function keyColumns({ [LOOK]: _, ...columns }: Row): Row {
  return columns;
}

/** What, beside its columns, decides a study cell's rows. */
export function cellSettings(study: Study, columns: Row): unknown {
  const { seed, [LOOK]: look, ...point } = columns;
  const cell = study.cells.find((candidate) => canonical(candidate.columns) === canonical(point));
  const settings = { cell: cell?.settings, pairs: comparedPairs(study) };
  if (look === undefined) return settings;
  const again = cellsOfLook(study, look as number).find((one) => canonical(one.columns) === canonical(columns));
  return { ...settings, prompts: again?.prompts };
}

/** A run with what measuring needs of it. */
function withLast(run: Run): Run {
  return { ...run, snapshots: run.snapshots.slice(-1) };
}

function trialOf(cell: StudyCell, model: StudyModel, key: Key, optimum: Predictor): Trial {
  const { mixer, schedule, record, until, drawing } = model;
  const own = foldIn(foldIn(key, "training"), model.name);
  const trial: Trial = { mixer, law: cell.law, context: cell.context, schedule, key: own, record, ...drawing };
  if (until === null) return { ...trial, record: withLastThird(record, schedule.steps) };
  const best = optimum.tune(cell.law.population, cell.context);
  return { ...trial, done: stopAtExcess(trial, best.predict, until, foldIn(own, "stopping")) };
}

/** The recorded steps and some evenly over the last third, so that the loss there has a slope. */
function withLastThird(record: readonly number[], steps: number): number[] {
  const last = Array.from({ length: LAST_LOSSES }, (_, i) => Math.ceil(steps - (steps * i) / (3 * LAST_LOSSES)));
  return [...new Set([...record, ...last])].sort((a, b) => a - b);
}

async function measureTest(
  cell: StudyCell,
  test: StudyTest,
  { seed, look, prompts, key }: { seed: number; look: number; prompts: number; key: Key },
  runs: readonly Run[],
  pairs: readonly (readonly [string, string])[],
): Promise<Measurement[]> {
  const at = { population: test.law.population, context: test.context };
  const training = { population: cell.law.population, context: cell.context };
  const models = cell.models.map(({ name, mixer }, i) => {
    const run = runs[i]!;
    return modelEntrant(name, mixer, run.status === "ok" ? run.snapshots.at(-1)!.weights : null);
  });
  const entrants = [...models, ...cell.predictors.map((predictor) => predictorEntrant(predictor, training, at))];
  const context = cell.columns.context as number | string;
  const columns = { ...cell.columns, ...test.columns, context, ...(look > 1 && { [LOOK]: look }) };
  const rows = await measure(entrants, { ...test, prompts, key, seed, columns, query: cell.query, tails: true });
  // A further look tells nothing new of the training.
  const told = look === 1 ? cell.models : [];
  const trained = new Map(told.map(({ name }, i) => [name, trainingColumns(runs[i]!)]));
  const stream = { ...test, key, prompts: Math.min(prompts, AGREEMENT_PROMPTS) };
  const compared: Awaited<ReturnType<typeof comparison>>[] = [];
  for (const pair of pairs) compared.push(await comparison(pair, entrants, stream));
  return rows.map((row) => {
    if (row.exact) return row;
    const columnsOfPairs = compared.filter(({ name }) => name === row.name).map(({ columns }) => columns);
    return Object.assign({ ...row }, trained.get(row.name), ...columnsOfPairs) as Measurement;
  });
}

function trainingColumns({ trial, snapshots, status }: Run): Row {
  const last = snapshots.at(-1);
  // Training that stops at an excess ends while the loss falls, as it was told to.
  const trend = trial.done || status !== "ok" ? null : lossTrend(snapshots, trial.schedule.steps);
  return {
    ...{ trainedSteps: last?.step ?? 0, trainingLoss: last?.loss ?? null, trained: status },
    lossFall: trend?.fall ?? null,
    lossFallError: trend?.standardError ?? null,
    lossFallDegrees: trend?.degrees ?? null,
  };
}

async function comparison(
  [one, other]: readonly [string, string],
  entrants: readonly Entrant[],
  stream: Stream,
): Promise<{ readonly name: string; readonly columns: Row }> {
  const [a, b] = [one, other].map((name) => entrants.find((entrant) => entrant.name === name)?.predict);
  const names = [`distance.${other}`, `distanceError.${other}`, `cosine.${other}`, `cosineError.${other}`];
  const undefinedNumbers = Object.fromEntries(names.map((column) => [column, null]));
  if (!a || !b) return { name: one, columns: undefinedNumbers };
  const { distance, cosine } = await streamAgreement(a, b, stream);
  const values = [distance.mean, distance.standardError, cosine.mean, cosine.standardError];
  const columns = Object.fromEntries(
    names.map((column, i) => [column, Number.isFinite(values[i]) ? values[i]! : null]),
  );
  return { name: one, columns };
}

/** The pairs whose distance or cosine a hypothesis reads. */
function comparedPairs(study: Study): [string, string][] {
  const terms = study.hypotheses.flatMap(({ checks }) => checks.flatMap(termsOf));
  const read = terms.flatMap(everyTerm).filter((term) => term.kind === "read");
  const pairs = read.filter(({ names }) => names.length === 2).map(({ names }) => names.join(" "));
  return [...new Set(pairs)].map((pair) => pair.split(" ") as [string, string]);
}
