import type { Entrant } from "./entrants.js";
import type { Standing } from "./launch.js";
import { Status } from "./shader-frame.js";

/**
 * Refuses what no training gives: devices that run out of time or memory have been seen to answer with what they were
 * given, or with zeros, without a word. The kernel counts its updates, so both show in the count; NaN and infinity are
 * looked for here, where no compiler may assume that there are none.
 *
 * @throws Error with a sentence
 */
export function checkAnswer({ trial }: Entrant, standing: Standing, weights: Float32Array, stop: number): void {
  const { status, step, loss } = standing;
  const due = Math.min(stop, trial.schedule.steps);
  if (status !== Status.running) {
    if (step >= 1 && step <= due && weights.every(Number.isFinite)) return;
    throw new Error(`the GPU's answer makes no sense: a training diverged at update ${step} of ${due}`);
  }
  if (step !== due) {
    const what = weights.every((weight) => weight === 0) ? "zeros" : `the weights after update ${step}`;
    throw new Error(`the GPU did not train: asked for ${due} updates, it answered with ${what}`);
  }
  if (!Number.isFinite(loss) || !weights.every(Number.isFinite))
    throw new Error(`the GPU did not notice that a training left the finite numbers by update ${step}`);
}
