import { chunkPrompts, instantiate } from "../../kernels/instance.js";
import { foldIn } from "../../math/keys.js";
import { checkTrial } from "../../training/check-trial.js";
import { unflatten } from "../../training/flat-weights.js";
import type { Trial } from "../../types.js";
import type { Standing, Stepper } from "../stepper.js";
import { Course } from "./course.js";
import { prepare } from "./prepare.js";

/**
 * A trial on this very thread, update by update: in a page, the thread of a worker. Sums are added in the order in which
 * the engine's threads add them, so that weights are those of `train` bit for bit.
 *
 * @param from where another stepper stood; the initial weights where left out
 * @throws RangeError on a schedule or prompts that cannot be
 */
export function cpuStepper(trial: Trial, from?: Standing): Stepper {
  checkTrial(trial);
  const { layout, chunks, job } = prepare(trial);
  const kernel = instantiate(job.kernel);
  const { width } = job.kernel.layout;
  const { batch } = job.schedule;
  const sums = new Float64Array(chunks * width);
  const prompts = foldIn(trial.key, "prompts");
  const course = new Course(job.initial, job.schedule, [], from ?? null, () => {});
  let step = from?.step ?? 0;
  const update = (): void => {
    step += 1;
    const given = {
      parameters: course.weights,
      settings: job.settings,
      tables: job.tables,
      key: foldIn(prompts, step),
    };
    for (let chunk = 0; chunk < chunks; chunk++) {
      const first = chunk * chunkPrompts;
      sums.set(kernel.sums(given, first, Math.min(batch, first + chunkPrompts)), chunk * width);
    }
    course.advance(step, sums);
  };
  return {
    get step() {
      return step;
    },
    async advance(milliseconds, last) {
      const end = performance.now() + milliseconds;
      while (!course.diverged && step < last) {
        update();
        if (performance.now() >= end) break;
      }
      const status = course.diverged ? "diverged" : "ok";
      return { trial: 0, step, loss: course.loss, status, weights: unflatten(layout, course.weights) };
    },
    standing: () => course.state,
    close: () => {},
  };
}
