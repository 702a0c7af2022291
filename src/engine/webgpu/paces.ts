import { rateAt } from "../../training/rate.js";
import type { Schedule } from "../../types.js";

/** What trials of one pace share: their rates' course, relative to the rate, and their moments' decay. */
export type Pace = Pick<Schedule, "warmup" | "decay" | "steps" | "optimizer">;

/** Trials of equal names share a row. */
export function paceName({ warmup, decay, steps, optimizer }: Schedule): string {
  const betas = optimizer.kind === "sgd" ? null : optimizer.betas;
  const timed = decay === "cosine" || decay === "linear" ? steps : null;
  return JSON.stringify([warmup, decay, timed, betas]);
}

/**
 * Row by row and update by update from `first` to `last`: the rate's share, 1 / (1 - beta1^t) and 1 / (1 - beta2^t).
 * In float64, as the CPU's optimiser has them: in float32, 1 - 0.999^t would have four digits at first.
 */
export function paceTable(paces: readonly Pace[], first: number, last: number): Float32Array {
  const numbers: number[] = [];
  for (const pace of paces)
    for (let step = first; step <= last; step++) {
      const share = step <= pace.steps ? rateAt({ ...pace, rate: 1 } as Schedule, step) : 0;
      const corrected = (beta: number): number => 1 / (1 - beta ** step);
      const { optimizer } = pace;
      numbers.push(share, ...(optimizer.kind === "sgd" ? [1, 1] : optimizer.betas.map(corrected)));
    }
  return Float32Array.from(numbers);
}
