import { openBackend } from "../runner/backends.js";
import { planStudy, type StudyPlan } from "../runner/study-plan.js";
import { trainerOf } from "../runner/trainer.js";
import type { Study } from "../studies/study.js";
import { loadStudy } from "./load-study.js";
import type { RunOptions } from "./run-options.js";

/** `iclab plan`: what a study will take on this machine, before anything of it runs; nothing is written. */
export async function plan(file: string, options: Pick<RunOptions, "backend" | "json">): Promise<void> {
  const { study, catalogue } = await loadStudy(file);
  const optimum = catalogue.predictors.get("lsa-optimum")!.make({}, { features: 1, context: 1 });
  const backend = await openBackend(options.backend);
  try {
    const found = await planStudy(study, optimum, await trainerOf(backend));
    const told = { backend: backend.name, adapter: backend.adapter, ...found, looks: study.sequential };
    process.stdout.write(options.json ? `${JSON.stringify(told, null, 2)}\n` : asText(told));
  } finally {
    await backend.close();
  }
}

type Told = StudyPlan & {
  readonly backend: string;
  readonly adapter: string;
  readonly looks: Study["sequential"];
};

function asText(plan: Told): string {
  const { backend, adapter, cells, trials, steps, hypotheses, memory, disk, probedCells, looks } = plan;
  const both = [plan.trainingSeconds, plan.measuringSeconds] as const;
  const count = (number: number) => number.toLocaleString("en-US");
  return `${[
    `trials      ${count(trials)} in ${count(cells)} cells, ${count(steps)} steps of training in all`,
    `hypotheses  ${count(hypotheses)}`,
    ...(looks === null
      ? []
      : [`looks       at most ${looks.sizes.length}, the first of ${looksText(looks)}: what follows is of it`]),
    `time        about ${duration(Math.max(...both))} to ${duration(both[0] + both[1])}: training ${duration(both[0])}, ` +
      `measuring ${duration(both[1])}, at one time where cores are free`,
    `memory      ${size(memory)}`,
    `disk        ${size(disk)} of rows`,
    `measured on ${probedCells} ${probedCells === 1 ? "cell" : "cells"}, shortened, on ${backend} (${adapter})`,
  ].join("\n")}\n`;
}

const looksText = ({ unit, sizes }: NonNullable<Study["sequential"]>): string =>
  `${sizes[0]!.toLocaleString("en-US")} ${unit} and the last of ${sizes.at(-1)!.toLocaleString("en-US")}`;

const UNITS: readonly (readonly [seconds: number, name: string])[] = [
  [86_400, "days"],
  [3600, "h"],
  [60, "min"],
];

function duration(seconds: number): string {
  const [unit, name] = UNITS.find(([least]) => seconds >= 1.5 * least) ?? [1, "s"];
  return `${Number((seconds / unit).toPrecision(2))} ${name}`;
}

function size(bytes: number): string {
  return bytes < 1e6 ? `${Math.ceil(bytes / 1e3)} kB` : `${Number((bytes / 1e6).toPrecision(3))} MB`;
}
