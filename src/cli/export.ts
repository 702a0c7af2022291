import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { unknownName } from "../names/nearest.js";
import { cellKey } from "../runner/cell-plan.js";
import { replaceFile, writing } from "../runner/disk.js";
import { studyExperiment } from "../runner/study-experiment.js";
import type { Study, StudyCell } from "../studies/study.js";
import type { Key, Lengths, Row, Snapshot } from "../types.js";
import { arraysOf } from "../weights/model-file.js";
import { endings, writeArrays } from "../weights/weights-file.js";
import { UsageError } from "./failure.js";
import { loadStudy } from "./load-study.js";
import type { RunOptions } from "./run-options.js";
import { withMachine } from "./with-machine.js";

/**
 * `iclab export`: trains a study's models, the same as `iclab run` does with the same seed, and writes the last weights of
 * each in every format. A model that diverged is said and not written.
 */
export async function exportWeights(file: string, options: RunOptions & { readonly model?: string }): Promise<void> {
  const { study, catalogue } = await loadStudy(file);
  refuseUnknown(study, options.model);
  const optimum = catalogue.predictors.get("lsa-optimum")!.make({}, { features: 1, context: 1 });
  const experiment = studyExperiment(study, optimum);
  const cells = experiment.cells("full");
  writing("weights", options.out, () => mkdirSync(options.out, { recursive: true }));
  const written: string[] = [];
  await withMachine(options, async ({ train }) => {
    for (const columns of cells) {
      const cell = cellOf(study, columns);
      const key: Key = cellKey("study", options.seed, columns);
      const named = cell.models.map((model, i) => ({ model, settings: settingsOf(cell, i) }));
      const trials = experiment.trials(columns, key);
      const last = new Map<number, Snapshot>();
      for await (const snapshot of train(trials, {})) last.set(snapshot.trial, snapshot);
      for (const [i, { model, settings }] of named.entries()) {
        if (options.model !== undefined && model.name !== options.model) continue;
        const { status, weights } = last.get(i)!;
        const base = [model.name, ...Object.entries(columns).map(([name, value]) => `${name}-${value}`)].join("-");
        if (status === "diverged") {
          process.stderr.write(`${base} diverged and is not written\n`);
          continue;
        }
        const arrays = arraysOf(weights, settings);
        for (const ending of endings) {
          const target = join(options.out, `${base.replace(/[^\w.-]+/g, "_")}${ending}`);
          writing("weights", options.out, () => replaceFile(target, writeArrays(target, arrays)));
          written.push(target);
        }
      }
    }
  });
  process.stdout.write(
    options.json ? `${JSON.stringify({ written }, null, 2)}\n` : written.map((name) => `${name}\n`).join(""),
  );
}

/** What a written file says of its model: enough to make the mixer again. */
interface ModelSettings {
  readonly mixer: string;
  readonly options: object;
  readonly features: number;
  readonly context: Lengths;
}

function settingsOf(cell: StudyCell, i: number): ModelSettings {
  const { models } = cell.settings as unknown as { readonly models: readonly Record<string, unknown>[] };
  const { name: _, mixer, train: __, source: ___, ...options } = models[i]!;
  return { mixer: mixer as string, options, features: cell.law.features, context: cell.context };
}

/** The cell of a grid point and seed. */
function cellOf({ cells }: Study, { seed: _, ...point }: Row): StudyCell {
  return cells.find(({ columns }) => Object.entries(columns).every(([name, value]) => point[name] === value))!;
}

function refuseUnknown({ cells }: Study, model: string | undefined): void {
  const names = [...new Set(cells.flatMap(({ models }) => models.map(({ name }) => name)))];
  if (names.length === 0) throw new UsageError("the study has no models, so that there are no weights to export");
  if (model !== undefined && !names.includes(model))
    throw new UsageError(unknownName(`the study has no model ${model}`, names, model));
}
