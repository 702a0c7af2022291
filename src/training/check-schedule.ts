import type { Schedule } from "../types.js";

/** @throws RangeError on a schedule that cannot be */
export function checkSchedule({ steps, batch, warmup }: Schedule): void {
  if (!Number.isInteger(steps) || steps < 0) throw new RangeError(`training takes 0, 1, 2, ... steps, not ${steps}`);
  if (!Number.isInteger(batch) || batch < 1) throw new RangeError(`a batch has 1, 2, 3, ... prompts, not ${batch}`);
  if (!Number.isInteger(warmup) || warmup < 0) throw new RangeError(`warm-up takes 0, 1, 2, ... steps, not ${warmup}`);
}
