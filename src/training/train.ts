import { foldIn } from "../math/keys.js";
import type { Checkpoint, Checkpoints, OpenTfjs, Prompts, Snapshot, Train, Trial } from "../types.js";
import { batchOf } from "./batch.js";
import { checkTrial } from "./check-trial.js";
import { clip } from "./clip.js";
import { flatten, layoutOf, unflatten } from "./flat-weights.js";
import { largestLoss } from "./largest-loss.js";
import { lossAndGradient } from "./loss-gradient.js";
import { type Memory, noMemory, update } from "./optimizers.js";
import { rateAt } from "./rate.js";

/**
 * Trains any mixer on any law by tfjs's autodiff, one trial after another, each snapshot as soon as it is made.
 * Gradients come from the backend in float32, the optimiser works on the host in float64. The initial weights are
 * drawn from the key's "init", the batch of each step from its "prompts" and the step, so the same backend gives the
 * same weights bit for bit; it goes on from a checkpoint in the same way.
 *
 * A trial whose loss, gradient or update is not finite, or whose loss is so large that float32 no longer sees the
 * labels in it, ends with a `diverged` snapshot of the last weights with a good loss; the others go on.
 *
 * @throws RangeError on a schedule or prompts that cannot be; whatever `signal` was aborted with, within a step.
 *
 * @example
 * import tfjsCpu from "iclab/backends/tfjs-cpu";
 * import { linearRegressionLaw } from "iclab/laws/gaussian-linear";
 * import { keyOf } from "iclab/math/keys";
 * import linearAttention from "iclab/mixers/linear-attention";
 * import { train } from "iclab/training/train";
 * import type { Schedule } from "iclab/types";
 *
 * const backend = await tfjsCpu.open();
 * if (typeof backend === "string") throw new Error(backend); // the sentence why it does not open
 * const law = linearRegressionLaw({ features: 2 });
 * const mixer = linearAttention.make(linearAttention.options.parse({}), { features: 2, context: 5 });
 * const schedule: Schedule = {
 *   ...{ steps: 4, batch: 16, rate: 0.02, clip: null, warmup: 0, decay: "constant", lossFactor: 1 },
 *   optimizer: { kind: "adam", betas: [0.9, 0.999], epsilon: 1e-8 },
 * };
 * const seen: string[] = [];
 * for await (const { step, status } of train([{ mixer, law, context: 5, schedule, key: keyOf(1), record: [0, 2] }], { backend }))
 *   seen.push(`${step} ${status}`);
 * await backend.close();
 * seen; // ["0 ok", "2 ok", "4 ok"]
 */
export const train: Train<OpenTfjs> = async function* (trials, { backend, signal, checkpoints }) {
  for (const trial of trials) checkTrial(trial);
  for (const [trial, settings] of trials.entries())
    if (!checkpoints?.ended.has(trial)) yield* trainOne(settings, trial, backend, signal, checkpoints);
};

async function* trainOne(
  settings: Trial,
  trial: number,
  { tf }: OpenTfjs,
  signal: AbortSignal | undefined,
  checkpoints: Checkpoints | undefined,
): AsyncGenerator<Snapshot> {
  const { mixer, law, schedule, key } = settings;
  const initial = mixer.init(foldIn(key, "init"), law.features);
  const layout = layoutOf(initial);
  const wanted = new Set(settings.record).add(schedule.steps);
  const from = checkpoints?.from.get(trial);
  let weights = (from?.numbers.weights as Float64Array | undefined) ?? flatten(layout, initial);
  let good = (from?.numbers.good as Float64Array | undefined) ?? weights;
  let memory = from ? memoryIn(from) : noMemory(layout.size);
  const snapshot = (step: number, loss: number | null, status: Snapshot["status"]): Snapshot => ({
    ...{ trial, step, loss, status },
    weights: unflatten(layout, status === "ok" ? weights : good),
  });
  let lastPause = performance.now();
  let kept = performance.now();
  for (let step = from ? from.step + 1 : 0; step <= schedule.steps; step++) {
    let loss: number | null = null;
    if (step > 0) {
      if (performance.now() - lastPause > PAUSE_EVERY) {
        await pause();
        lastPause = performance.now();
      }
      signal?.throwIfAborted();
      if (checkpoints && step > 1 && performance.now() - kept >= checkpoints.every) {
        const { first, second } = memory;
        checkpoints.keep([{ trial, step: step - 1, layout: "", numbers: { weights, good, first, second } }]);
        kept = performance.now();
      }
      const prompts = batchOf(settings, step);
      const found = await lossAndGradient(tf, mixer, layout, weights, prompts, schedule.lossFactor);
      const largest = largestLoss(meanSquaredLabel(prompts), schedule.lossFactor);
      if (!(found.loss <= largest) || !found.gradient.every(Number.isFinite)) {
        yield snapshot(step, null, "diverged");
        return;
      }
      good = weights;
      loss = found.loss;
      const gradient = clip(found.gradient, schedule.clip);
      ({ weights, memory } = update(schedule.optimizer, weights, gradient, memory, rateAt(schedule, step)));
      if (!weights.every(Number.isFinite)) {
        yield snapshot(step, loss, "diverged");
        return;
      }
    }
    if (!wanted.has(step)) continue;
    const made = snapshot(step, loss, "ok");
    yield made;
    if (settings.done?.(made)) return;
  }
}

/** The optimiser's memory as it was kept: it counts updates as steps are counted. */
function memoryIn({ step, numbers }: Checkpoint): Memory {
  return { updates: step, first: numbers.first as Float64Array, second: numbers.second as Float64Array };
}

/** Mean of the squared labels to be predicted. */
function meanSquaredLabel({ answer }: Prompts): number {
  const squares = Array.from(answer.data, (label) => label * label);
  return squares.reduce((sum, square) => sum + square, 0) / squares.length;
}

/** Milliseconds between two chances for timers, signals and painting. */
const PAUSE_EVERY = 50;

/** Lets the event loop turn once. tfjs's own promises resolve without a turn where the backend is synchronous. */
const pause = (): Promise<void> =>
  new Promise((resolve) => {
    if (typeof setImmediate === "function") setImmediate(resolve);
    else setTimeout(resolve);
  });
