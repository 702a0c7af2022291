import { checkSchedule } from "../../training/check-schedule.js";
import { unflatten } from "../../training/flat-weights.js";
import type { Snapshot, Trial } from "../../types.js";
import type { Standing, Stepper } from "../stepper.js";
import type { OpenWebgpu } from "./backend.js";
import { checkAnswer } from "./check-answer.js";
import { type Entrant, entrantOf, initialModels, type Models, recordsOf } from "./entrants.js";
import { Launch } from "./launch.js";
import { requestOf } from "./request-of.js";
import { MEMORY, Status, Tail } from "./shader-frame.js";

/** By how many times as many updates a dispatch may make as the one before. */
const GROWTH = 4;

/** Updates of a dispatch at most: their paces travel with it. */
const MOST = 2 ** 16;

/**
 * A trial on the GPU, as many updates a dispatch as fit into the time asked for. Weights are those of `train` on this
 * adapter bit for bit. Where the device is lost, `advance` throws, and `standing` still tells where training last stood:
 * another stepper goes on from there.
 *
 * @param from where another stepper stood; the initial weights where left out
 * @throws RangeError on a schedule that cannot be; Error where the device refuses the kernel
 */
export async function webgpuStepper(backend: OpenWebgpu, trial: Trial, from?: Standing): Promise<Stepper> {
  checkSchedule(trial.schedule);
  const entrant = entrantOf(trial, 0);
  let kept = from ? modelsOf(from) : initialModels([entrant]);
  let step = from?.step ?? 0;
  let launch = await loaded(backend, entrant, kept);
  let portion = 1;
  let now: Snapshot = snapshotOf(entrant, kept, step, null, "ok");
  const dispatch = async (last: number): Promise<void> => {
    const to = Math.min(last, step + portion);
    await launch.advance(step + 1, to);
    const models = await launch.checkpoint();
    const { status, ...standing } = tailOf(models);
    if (status === Status.aborted) {
      // Workgroups waited for each other in vain: they are half-way through an update, which is made again without.
      launch.close();
      backend.separate();
      launch = await loaded(backend, entrant, kept);
      return;
    }
    checkAnswer(entrant, { status, ...standing }, models.weights, to);
    kept = models;
    step = status === Status.running ? to : standing.step;
    const loss = status === Status.badLoss ? null : standing.loss;
    now = snapshotOf(entrant, models, step, loss, status === Status.running ? "ok" : "diverged");
  };
  return {
    get step() {
      return step;
    },
    async advance(milliseconds, last) {
      const end = performance.now() + milliseconds;
      while (now.status === "ok" && step < last) {
        const [begun, before] = [performance.now(), step];
        await dispatch(last);
        const each = (performance.now() - begun) / Math.max(1, step - before);
        portion = Math.max(1, Math.min(MOST, GROWTH * portion, Math.floor(milliseconds / each)));
        if (performance.now() + each >= end) break;
      }
      return now;
    },
    standing: () => standingOf(kept, step),
    close: () => launch.close(),
  };
}

async function loaded(backend: OpenWebgpu, entrant: Entrant, models: Models): Promise<Launch> {
  const launch = new Launch(backend, backend.plan(requestOf([entrant])), recordsOf([entrant]));
  try {
    await launch.load(models);
  } catch (error) {
    launch.close();
    throw error;
  }
  return launch;
}

function tailOf({ weights, memory }: Models) {
  const at = MEMORY * weights.length;
  return { status: memory[at + Tail.status]!, step: memory[at + Tail.step]!, loss: memory[at + Tail.loss]! };
}

function snapshotOf(
  { layout }: Entrant,
  { weights }: Models,
  step: number,
  loss: number | null,
  status: Snapshot["status"],
): Snapshot {
  return { trial: 0, step, loss, status, weights: unflatten(layout, Float64Array.from(weights)) };
}

/** Both halves of a weight make one number of float64, which comes apart into the same halves. */
function standingOf({ weights, memory }: Models, step: number): Standing {
  const column = (k: number) => Float64Array.from(weights, (_, q) => memory[MEMORY * q + k]!);
  const low = column(0);
  return {
    step,
    weights: Float64Array.from(weights, (high, q) => high + low[q]!),
    first: column(1),
    second: column(2),
    good: column(3),
  };
}

function modelsOf({ step, weights, good, first, second }: Standing): Models {
  const memory = new Float32Array(MEMORY * weights.length + Tail.length);
  weights.forEach((weight, q) => {
    memory.set([weight - Math.fround(weight), first[q]!, second[q]!, good[q]!], MEMORY * q);
  });
  memory[MEMORY * weights.length + Tail.step] = step;
  return { weights: Float32Array.from(weights), memory };
}
