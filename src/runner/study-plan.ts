import type { Study } from "../studies/study.js";
import type { Predictor, Run, Snapshot, Trial } from "../types.js";
import { canonical } from "./canonical.js";
import { type CellPlan, type Job, planOf, workOf } from "./cell-plan.js";
import { cellSettings, studyExperiment } from "./study-experiment.js";
import type { Trainer } from "./trainer.js";

/** What a study will take, from short runs of some of its cells on this machine. */
export interface StudyPlan {
  readonly cells: number;
  /** Trainings: models times cells. */
  readonly trials: number;
  readonly steps: number;
  readonly hypotheses: number;
  /** Seconds of training and of measuring; a run does both at a time where there are cores for it. */
  readonly trainingSeconds: number;
  readonly measuringSeconds: number;
  /** Most memory that the probe had, in bytes: a cell is trained and measured as in a run, only shorter. */
  readonly memory: number;
  /** Of all rows on the disk, in bytes. */
  readonly disk: number;
  readonly probedCells: number;
}

/** Cells that are probed: the cheapest, the dearest, and the one in the middle. */
const PROBES = 3;

/** Seconds of training that a probe aims at, and steps that it begins with. */
const AIM = 0.5;
const FIRST_STEPS = 8;

/** Prompts on which measuring is timed first, and seconds that it may take a second time, on as many as that allows. */
const FIRST_PROMPTS = 500;
const LONGEST_MEASURING = 2;

/**
 * Trains and measures a few cells shortly and reckons from there: training by seconds a step (the difference of two runs of
 * unlike length, so that compiling does not count as steps), carried to the other cells by work; measuring on all prompts
 * where that is soon done, else by seconds a prompt.
 */
export async function planStudy(study: Study, optimum: Predictor, train: Trainer): Promise<StudyPlan> {
  const experiment = studyExperiment(study, optimum);
  const job: Job = {
    ...{ id: "study", experiment, cells: experiment.cells("full"), seed: 0 },
    settings: (columns) => cellSettings(study, columns),
  };
  const plans = job.cells.map((cell) => planOf(job, cell));
  const sorted = [...plans].sort((a, b) => a.work - b.work);
  const chosen = new Set(
    Array.from({ length: PROBES }, (_, i) => sorted[Math.round((i * (sorted.length - 1)) / (PROBES - 1))]!),
  );
  const probes: Probe[] = [];
  for (const plan of chosen) probes.push(await probe(plan, study, optimum, train));
  const nearest = ({ work }: CellPlan) =>
    probes.reduce((best, one) => (distance(one.work, work) < distance(best.work, work) ? one : best));
  return {
    cells: plans.length,
    trials: sum(plans.map(({ trials }) => trials.length)),
    steps: sum(plans.flatMap(({ trials }) => trials.map(({ schedule }) => schedule.steps))),
    hypotheses: study.hypotheses.length,
    trainingSeconds: sum(plans.map((plan) => nearest(plan).startSeconds + plan.work * nearest(plan).secondsPerWork)),
    measuringSeconds: sum(plans.map((plan) => nearest(plan).measuringSeconds)),
    memory: process.resourceUsage().maxRSS * 1024,
    disk: sum(plans.map((plan) => nearest(plan).bytes)),
    probedCells: probes.length,
  };
}

interface Probe {
  readonly work: number;
  readonly startSeconds: number;
  readonly secondsPerWork: number;
  readonly measuringSeconds: number;
  readonly bytes: number;
}

async function probe(plan: CellPlan, study: Study, optimum: Predictor, train: Trainer): Promise<Probe> {
  await timed(plan.trials, FIRST_STEPS, train);
  const first = await timed(plan.trials, FIRST_STEPS, train);
  const longest = Math.max(0, ...plan.trials.map(({ schedule }) => schedule.steps));
  const wanted = Math.ceil((FIRST_STEPS * AIM) / Math.max(first.seconds, 1e-4));
  const second = await timed(plan.trials, Math.min(longest, Math.max(4 * FIRST_STEPS, wanted)), train);
  const extra = second.work - first.work;
  const secondsPerWork = extra > 0 ? Math.max(0, second.seconds - first.seconds) / extra : 0;
  const { seed: _, ...point } = plan.cell;
  const { prompts } = study.cells.find(({ columns }) => canonical(columns) === canonical(point))!;
  const measured = async (most: number) => {
    const cells = study.cells.map((cell) => ({ ...cell, prompts: Math.min(most, cell.prompts) }));
    const begun = performance.now();
    const rows = await studyExperiment({ ...study, cells }, optimum).measure(plan.cell, second.runs, { key: plan.key });
    return { seconds: (performance.now() - begun) / 1000, bytes: JSON.stringify(rows).length };
  };
  const few = await measured(FIRST_PROMPTS);
  const many = Math.ceil((FIRST_PROMPTS * LONGEST_MEASURING) / few.seconds);
  const { seconds, bytes } = await measured(many);
  return {
    work: plan.work,
    startSeconds: Math.max(0, first.seconds - secondsPerWork * first.work),
    secondsPerWork,
    measuringSeconds: seconds * Math.max(1, prompts / many),
    bytes,
  };
}

/** Trains trials for some steps, all in one call as a run does. */
async function timed(trials: readonly Trial[], steps: number, train: Trainer) {
  const short = trials.map(({ done: _, ...trial }): Trial => {
    const schedule = { ...trial.schedule, steps: Math.min(steps, trial.schedule.steps), warmup: 0 };
    return { ...trial, schedule, record: [schedule.steps] };
  });
  const snapshots: Snapshot[][] = trials.map(() => []);
  const begun = performance.now();
  if (short.length > 0) for await (const snapshot of train(short, {})) snapshots[snapshot.trial]!.push(snapshot);
  const runs = short.map(
    (trial, i): Run => ({ trial, snapshots: snapshots[i]!, status: snapshots[i]!.at(-1)!.status }),
  );
  return { runs, seconds: (performance.now() - begun) / 1000, work: sum(short.map(workOf)) };
}

/** How unlike two amounts of work are: the ratio of the larger to the smaller. */
function distance(a: number, b: number): number {
  return Math.abs(Math.log(a / b));
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
